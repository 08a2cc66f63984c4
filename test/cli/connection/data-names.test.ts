import { describe, expect, it } from 'vitest';
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
  expect(dataNames({ outputs, resources, before: [] }, manifest).seed).toEqual({
    source: 'shop-source',
    Source1234: 'shop-source',
    'shop-source': 'shop-source',
    Cases1234: 'Shop-Cases1234',
    'Shop-Cases1234': 'Shop-Cases1234',
  });
});

it('a dump names each once: by its output, or else by its logical id', () => {
  expect(dataNames({ outputs, resources, before: [] }, manifest).dump).toEqual({
    source: 'shop-source',
    Archive1234: 'shop-archive',
    Cases1234: 'Shop-Cases1234',
  });
});

it('a stack without a manifest has no tables of its own', () => {
  expect(dataNames({ outputs: {}, resources, before: [] }, undefined).dump).toMatchObject({
    Ledger1234: 'Shop-Ledger',
  });
});

describe('data of a stack on which the stack depends', () => {
  const before = [
    {
      stackName: 'ShopData',
      outputs: { source: 'data-source' },
      resources: new Map([
        ['Source1234', resource('AWS::S3::Bucket', 'data-source')],
        ['Orders1234', resource('AWS::DynamoDB::GlobalTable', 'ShopData-Orders')],
      ]) as unknown as LoadedStack['resources'],
    },
  ];

  it("has its names too; a name that both have is the stack's own", () => {
    const { seed } = dataNames({ outputs, resources, before }, manifest);
    expect(seed).toMatchObject({
      source: 'shop-source',
      Source1234: 'shop-source',
      'data-source': 'data-source',
      Orders1234: 'ShopData-Orders',
    });
  });

  it('is named by an output of the stack itself', () => {
    const own = { ...outputs, orders: 'ShopData-Orders' };
    expect(dataNames({ outputs: own, resources, before }, manifest).seed['orders']).toBe('ShopData-Orders');
  });

  it('is dumped under a name that nothing else has', () => {
    const { dump } = dataNames({ outputs, resources, before }, manifest);
    expect(dump).toMatchObject({
      source: 'shop-source',
      'data-source': 'data-source',
      Orders1234: 'ShopData-Orders',
    });
  });
});
