import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { ChannelError } from '../../../src/base/channel.ts';
import { ReasonedError } from '../../../src/base/errors.ts';
import { describeError } from '../../../src/base/log.ts';
import { BaselineTemplateError } from '../../../src/flow/baseline/baselineTemplate.ts';
import { FocusError } from '../../../src/focus/focusError.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

/** Every domain's class, with a reason of its own, as a second bundle has them. */
const classes = `
  export { ChannelError } from './src/base/channel.ts';
  export { BaselineTemplateError } from './src/flow/baseline/baselineTemplate.ts';
  export { FocusError } from './src/focus/focusError.ts';
  export { TransferError } from './src/transfer/transferError.ts';
  export { VaultError } from './src/vault/vaultError.ts';
`;
type Name =
  'BaselineTemplateError' | 'ChannelError' | 'FocusError' | 'TransferError' | 'VaultError';
interface OurClass {
  readonly domain: string;
  readonly prototype: ReasonedError;
}
const ours: Readonly<Record<Name, OurClass>> = {
  BaselineTemplateError,
  ChannelError,
  FocusError,
  TransferError,
  VaultError,
};
const isOf = (name: Name, thrown: unknown, reason?: string): boolean =>
  ReasonedError.is.call(ours[name], thrown, reason);
type Classes = Readonly<Record<Name, new (reason: string, text: string) => Error>>;
const reasons: Readonly<Record<Name, string>> = {
  ChannelError: 'timeout',
  BaselineTemplateError: 'damaged',
  FocusError: 'portTaken',
  TransferError: 'full',
  VaultError: 'wrongKey',
};
const names = Object.keys(reasons) as Name[];

/** Runs a bundle of its own, minified as those of the extension are. */
async function anotherBundle(): Promise<Classes> {
  const { outputFiles } = await build({
    absWorkingDir: repositoryRoot,
    stdin: { contents: classes, resolveDir: repositoryRoot },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'warning',
  });
  const module = { exports: {} };
  const run = vm.compileFunction(outputFiles[0]?.text ?? '', ['module', 'require']) as (
    ...given: readonly unknown[]
  ) => void;
  run(module, createRequire(import.meta.url));
  return module.exports as Classes;
}

describe('ReasonedError', () => {
  let theirs: Classes;
  before(async () => {
    theirs = await anotherBundle();
  });

  for (const name of names) {
    it(`knows a ${name} of another bundle, its reason and its name`, () => {
      const error = new theirs[name](reasons[name], 'text');
      assert.ok(!(error instanceof ReasonedError), 'the other bundle has classes of its own');
      assert.ok(isOf(name, error));
      assert.ok(isOf(name, error, reasons[name]));
      assert.ok(!isOf(name, error, 'another reason'));
      assert.deepEqual(describeError(error), { error: name, reason: reasons[name] });
      for (const other of names.filter((one) => one !== name)) {
        assert.ok(!isOf(other, error), other);
      }
    });
  }

  it('takes nothing for ours that only looks like it', () => {
    const stranger = Object.assign(new Error('text'), { name: 'VaultError', reason: 'wrongKey' });
    for (const thrown of [stranger, { domain: 'Vault', reason: 'locked' }, 'Vault', undefined]) {
      assert.ok(!VaultError.is(thrown));
    }
  });

  it('keeps the cause', () => {
    const cause = new Error('below');
    assert.equal(new VaultError('damaged', 'text', { cause }).cause, cause);
    assert.equal(new FocusError('malformed', 'text', cause).cause, cause);
  });
});
