import type { FocusWish } from '../../protocol/focusWish.ts';
import type { FocusActionOptions } from './focusCommandActions.ts';
import type { CommandOf } from '../commandTable.ts';
import { mostMinutes } from '../settings/settingTable.ts';
import { writeSetting } from '../settings/writeSetting.ts';

export interface WishOptions extends FocusActionOptions {
  /** Begins a command that asks the person something: the dashboard does not wait for it. */
  run(command: CommandOf<'focus'>): void;
}

/** Does what the dashboard asks of focus sessions; resolves when it is done, or when its question is asked. */
export async function grantFocusWish(wish: FocusWish, options: WishOptions): Promise<void> {
  const { sessions } = options.service;
  const settings = options.settings();
  switch (wish.wish) {
    case 'start':
      await options.begin(wish.kind, wish.minutes);
      break;
    case 'pause':
      await sessions.pause();
      break;
    case 'resume':
      await sessions.resume();
      break;
    case 'extend':
      await sessions.extend(wish.minutes * 60_000);
      break;
    case 'end':
      options.run('endFocus');
      break;
    case 'chooseLength':
      await writeSetting('focusMinutes', Math.min(wish.minutes, mostMinutes));
      break;
    case 'suggestBreaks':
      await writeSetting('suggestsBreaks', wish.isOn);
      break;
    case 'switchSite':
      if (Object.hasOwn(settings.blockedSites, wish.name)) {
        await writeSetting('blockedSites', {
          ...settings.blockedSites,
          [wish.name]: wish.isOn,
        });
      }
      break;
    case 'switchApp':
      if (Object.hasOwn(settings.blockedApps, wish.name)) {
        await writeSetting('blockedApps', {
          ...settings.blockedApps,
          [wish.name]: wish.isOn,
        });
      }
      break;
    case 'addEntry':
      options.run('addBlockEntry');
      break;
    case 'pairBrowser':
      options.run('pairBrowser');
      break;
    case 'restoreEverything':
      options.run('restoreEverything');
      break;
  }
}
