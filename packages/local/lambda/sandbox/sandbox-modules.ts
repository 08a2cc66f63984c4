import assert from 'node:assert';
import asyncHooks from 'node:async_hooks';
import buffer from 'node:buffer';
import childProcess from 'node:child_process';
import cluster from 'node:cluster';
import nodeCrypto from 'node:crypto';
import dgram from 'node:dgram';
import diagnosticsChannel from 'node:diagnostics_channel';
import dns from 'node:dns';
import events from 'node:events';
import http2 from 'node:http2';
import os from 'node:os';
import path from 'node:path';
import querystring from 'node:querystring';
import stream from 'node:stream';
import streamPromises from 'node:stream/promises';
import streamWeb from 'node:stream/web';
import stringDecoder from 'node:string_decoder';
import tls from 'node:tls';
import url from 'node:url';
import util from 'node:util';
import workerThreads from 'node:worker_threads';
import zlib from 'node:zlib';
import type { LocalClock } from '../../clock/local-clock.ts';
import { refusedModule } from './refused-modules.ts';
import { holdWhileWorking } from './work-holds.ts';

/** Modules without access to the network or the machine. They are passed through. */
const safeModules: Readonly<Record<string, unknown>> = {
  assert,
  async_hooks: asyncHooks,
  buffer,
  diagnostics_channel: diagnosticsChannel,
  events,
  path,
  'path/posix': path.posix,
  querystring,
  stream,
  'stream/promises': streamPromises,
  'stream/web': streamWeb,
  string_decoder: stringDecoder,
  url,
  util,
  'util/types': util.types,
};

/** Modules that are refused. A function reaches only AWS, through `http`, and databases, through `net`. */
const refusedModules: Readonly<Record<string, unknown>> = {
  child_process: refusedModule('child_process', { ...childProcess }),
  cluster: refusedModule('cluster', {
    fork: cluster.fork,
    setupPrimary: cluster.setupPrimary,
    isPrimary: true,
    isWorker: false,
  }),
  dgram: refusedModule('dgram', { ...dgram }),
  dns: refusedModule('dns', { ...dns }),
  'dns/promises': refusedModule('dns.promises', { ...dns.promises }),
  http2: refusedModule('http2', { ...http2 }),
  tls: refusedModule('tls', { ...tls }),
  worker_threads: refusedModule('worker_threads', { ...workerThreads }),
};

const sandboxOs = {
  ...os,
  homedir: () => '/home/sbx_user1051',
  hostname: () => '169.254.0.1',
  tmpdir: () => '/tmp',
  userInfo: () => ({
    username: 'sbx_user1051',
    uid: 993,
    gid: 990,
    homedir: '/home/sbx_user1051',
    shell: null,
  }),
  platform: () => 'linux',
  arch: () => 'arm64',
  networkInterfaces: () => ({}),
};

/** `crypto` and `zlib`, which hold the clock while they work. */
export function workingModules(clock: LocalClock) {
  const subtle = holdWhileWorking(nodeCrypto.webcrypto.subtle, clock);
  const webcrypto = {
    subtle,
    getRandomValues: nodeCrypto.getRandomValues.bind(nodeCrypto),
    randomUUID: nodeCrypto.randomUUID.bind(nodeCrypto),
    CryptoKey,
  };
  return {
    crypto: { ...holdWhileWorking(nodeCrypto, clock), webcrypto, subtle },
    webcrypto,
    zlib: holdWhileWorking(zlib, clock),
  };
}

/** The `require` of an environment. `own` are the environment's own modules: `http`, `timers`, `process`, `fs`, … */
export function sandboxRequire(own: Readonly<Record<string, unknown>>): (name: string) => unknown {
  const modules: Readonly<Record<string, unknown>> = {
    ...safeModules,
    ...refusedModules,
    os: sandboxOs,
    ...own,
  };
  const requireBuiltin = (name: string): unknown => {
    const bare = name.startsWith('node:') ? name.slice('node:'.length) : name;
    if (Object.hasOwn(modules, bare)) return modules[bare];
    if (bare === 'module') return { createRequire: () => requireBuiltin };
    throw Object.assign(
      new Error(`Cannot find module '${name}': the embedded Lambda provides only Node's built-in modules.`),
      {
        code: 'MODULE_NOT_FOUND',
      },
    );
  };
  return requireBuiltin;
}
