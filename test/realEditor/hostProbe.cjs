// Loaded into every Node process and worker thread of a served VS Code by NODE_OPTIONS=--require. Writes a
// line, with the call stack, for each connection, listening socket, datagram, name look-up and child process,
// to the file that MILLRACE_PROBE_FILE names. See hostProbe.ts.
const childProcess = require('node:child_process');
const dgram = require('node:dgram');
const dns = require('node:dns');
const fs = require('node:fs');
const net = require('node:net');

const file = process.env.MILLRACE_PROBE_FILE;

function watch(owner, name, what) {
  const original = owner[name];
  owner[name] = function (...args) {
    const stack = new Error().stack.split('\n').slice(2).join('\n');
    fs.appendFileSync(file, JSON.stringify({ pid: process.pid, what, stack }) + '\n');
    return original.apply(this, args);
  };
}

if (file) {
  Error.stackTraceLimit = 50;
  watch(net.Socket.prototype, 'connect', 'connect');
  watch(net.Server.prototype, 'listen', 'listen');
  watch(dgram.Socket.prototype, 'bind', 'datagram');
  watch(dgram.Socket.prototype, 'send', 'datagram');
  watch(dns, 'lookup', 'lookup');
  watch(dns.promises, 'lookup', 'lookup');
  watch(childProcess.ChildProcess.prototype, 'spawn', 'process');
  for (const name of ['spawnSync', 'execSync', 'execFileSync']) {
    watch(childProcess, name, 'process');
  }
}
