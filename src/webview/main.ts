import { Channel, ChannelError } from '../base/channel.ts';
import type { Log } from '../base/log.ts';
import {
  dashboardProtocolVersion,
  hostContract,
  isDashboardBoot,
  webviewContract,
} from '../protocol/dashboard.ts';
import { DashboardApp } from './dashboardApp.ts';
import { useLanguage } from './shared/format.ts';
import { adoptPageStyles } from './pageStyles.ts';
import { readKeptDay } from './day/otherDay.ts';
import { text, useStrings } from './shared/strings.ts';
import { DayEvent, PreferenceEvent, readPreferences } from './shared/viewEvents.ts';
import { openVscodeApi } from './vscodeApi.ts';
import { windowTransport } from './windowTransport.ts';

const requestTimeoutMs = 10_000;
const mostReports = 5;

start();

/** Draws what is known at once, then keeps to what the host says. */
function start(): void {
  const api = openVscodeApi();
  let reports = 0;
  const report = (what: string): void => {
    if (reports < mostReports) {
      reports += 1;
      channel.send('failed', { what: what.slice(0, 200) });
    }
  };
  // The page has no log of its own: what goes wrong is told to the host.
  const log: Log = { info: () => {}, warn: report, error: report };
  const channel = new Channel({
    transport: windowTransport(api),
    own: webviewContract,
    other: hostContract,
    handlers: {},
    log,
    timeoutMs: requestTimeoutMs,
  });
  window.addEventListener('error', ({ message }) => {
    // Only says that a size is told in the next frame, as the specification has it.
    if (!message.startsWith('ResizeObserver loop')) {
      report('An error in the page');
    }
  });
  window.addEventListener('unhandledrejection', () => {
    report('A rejection in the page');
  });

  adoptPageStyles();
  useLanguage(document.documentElement.lang);
  const boot = readBoot();
  useStrings(boot?.strings ?? {});
  const dashboard = findDashboard();
  dashboard.preferences = readPreferences(api.getState());
  dashboard.keptDay = readKeptDay(api.getState());
  dashboard.state = boot?.state ?? undefined;
  dashboard.host = channel;
  const keepView = (): void => {
    // Only the arrangement of the view: VS Code keeps this unencrypted.
    const { preferences, keptDay } = dashboard;
    api.setState({ ...preferences, ...(keptDay === undefined ? {} : { otherDay: keptDay }) });
  };
  dashboard.addEventListener(PreferenceEvent.type, keepView);
  dashboard.addEventListener(DayEvent.type, keepView);

  channel.on('stateChanged', (state) => {
    dashboard.trouble = '';
    dashboard.state = state;
  });
  channel.on('showStored', () => {
    dashboard.showStored();
  });
  channel.on('storedChanged', ({ outcome }) => {
    dashboard.storedChanged(outcome);
  });
  channel.request('ready', { version: dashboardProtocolVersion }).then(
    (state) => {
      dashboard.state = state;
    },
    (error: unknown) => {
      const isOtherVersion =
        ChannelError.is(error, 'malformed') || ChannelError.is(error, 'refused');
      dashboard.trouble = text(isOtherVersion ? 'trouble.version' : 'trouble.silence');
    },
  );
}

function findDashboard(): DashboardApp {
  const found = document.querySelector('millrace-dashboard');
  if (found !== null) {
    return found;
  }
  const made = new DashboardApp();
  document.body.append(made);
  return made;
}

/** What the host has put into the page for the first painting, if it did. */
function readBoot(): ReturnType<typeof parseBoot> {
  const block = document.getElementById('millrace-boot');
  return block === null ? undefined : parseBoot(block.textContent);
}

function parseBoot(json: string) {
  try {
    const parsed: unknown = JSON.parse(json);
    return isDashboardBoot(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
