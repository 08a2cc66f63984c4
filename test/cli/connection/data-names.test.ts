import { expect, it } from 'vitest';
import type { LoadedStack } from 'taskbound-local/embedded-aws';
import { dataNames } from '../../../cli/connection/data-names.ts';

const resource = (type: string, physicalId: string) => ({ type, physicalId });
const resources = new Map(
  [
    ['Source1234', 'AWS::S3::Bucket', 'shop-source'],
    ['Archive1234', 'AWS::S3::Bucket', 'shop-archive'],
    ['Cases1234', 'AWS::DynamoDB::Table', 'Shop-Cases1234'],
    ['Ledger1234', 'AWS::DynamoDB::Table', 'Shop-Ledger'],
    ['Evidence1234', 'AWS::DynamoDB::Table', 'Shop-Evidence'],
    ['Role1234', 'AWS::IAM::Role', 'Shop-Role'],
  ].map(([id = '', type = '', physicalId = '']) => [id, resource(type, physicalId)]),
) as unknown as LoadedStack['resources'];
const outputs = { source: 'shop-source', forge: 'Shop-Ledger', url: 'https://example.org/' };
const manifest = {
  ledgerTable: 'Shop-Ledger',
  evidenceTable: 'Shop-Evidence',
  archive: { bucket: 'shop-archive', prefix: '' },
};

it('a seed may name a bucket or table by its output, its logical id or its name', () => {
  expect(dataNames({ outputs, resources }, manifest).seed).toEqual({
    source: 'shop-source',
    Source1234: 'shop-source',
    'shop-source': 'shop-source',
    Cases1234: 'Shop-Cases1234',
    'Shop-Cases1234': 'Shop-Cases1234',
  });
});

it('a dump names each once: by its output, or else by its logical id', () => {
  expect(dataNames({ outputs, resources }, manifest).dump).toEqual({
    source: 'shop-source',
    Archive1234: 'shop-archive',
    Cases1234: 'Shop-Cases1234',
  });
});

it('a stack without a manifest has no tables of its own', () => {
  expect(dataNames({ outputs: {}, resources }, undefined).dump).toMatchObject({ Ledger1234: 'Shop-Ledger' });
});
