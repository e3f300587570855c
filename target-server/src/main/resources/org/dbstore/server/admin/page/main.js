// The page: lets people in, asks the server over and over, and shows what it says.

import {forgetToken, get, hasToken, keepToken, path, takeTokenOfAddress} from './api.js';
import {Chart, total} from './charts.js';
import {byId, el, setAttribute, setChildren, setHidden, setText, sync} from './dom.js';
import {count, duration, micros, plural, rate, shown} from './format.js';
import {showJobs, showSchedules, showSessions, showTargets} from './panels.js';
import {DevicePanel} from './volumes.js';

const RATES_MILLIS = 1000;
const STATE_MILLIS = 2500;

const charts = {
  bytes: new Chart('Throughput', ['read', 'write'], rate, true),
  commands: new Chart('Commands each second', ['read', 'write'], count, false),
  micros: new Chart('Latency', ['mean', '99 %'], micros, false),
};
byId('charts').append(...Object.values(charts).map(chart => chart.node));

const app = {
  state: null,
  refresh: () => askState(),
};
const timers = {};
let asked = 0;

/** Does something over and over, while the page is looked at and the token is good. */
function repeat(name, millis, run) {
  clearTimeout(timers[name]);
  const turn = async () => {
    if (!document.hidden && hasToken()) {
      const begin = performance.now();
      await run().then(() => outage(null), outage);
      timers[name] = setTimeout(turn, Math.max(50, millis - (performance.now() - begin)));
    }
  };
  turn();
}

function start() {
  setHidden(byId('login'), true);
  setHidden(byId('page'), false);
  repeat('state', STATE_MILLIS, askState);
  repeat('rates', RATES_MILLIS, askRates);
}

function leave(reason) {
  forgetToken();
  setHidden(byId('page'), true);
  setHidden(byId('login'), false);
  setText(byId('login-error'), reason);
  setHidden(byId('login-error'), reason === '');
  byId('token').value = '';
  byId('token').focus();
}

function outage(error) {
  if (error?.status === 401) {
    leave('This token is wrong, or the server was started anew and has another.');
    return;
  }
  setHidden(byId('outage'), error === null);
  document.body.classList.toggle('stale', error !== null);
  if (error !== null) {
    setText(byId('outage'), shown(`${error.message} ${error.remedy ?? ''}`));
  }
}

async function askState() {
  const turn = ++asked;
  const [status, targets, jobs, schedules] = await Promise.all(
    ['status', 'targets', 'jobs', 'schedules'].map(what => get(path(what))));
  const devices = await Promise.all(status.devices.map(async info => {
    const [volumes, snapshots, space] = await Promise.all(
      ['volumes', 'snapshots', 'space'].map(what => get(path('devices', info.name, what))));
    return {info, volumes, snapshots, space};
  }));
  if (turn === asked) { // else a later answer is on its way
    app.state = {...app.state, status, targets, jobs, schedules, devices, sessions: status.sessions};
    show();
  }
}

async function askRates() {
  const rates = await get(path('rates'));
  if (rates.intervalMillis === 0) {
    return; // nothing to compare with yet
  }
  offerLuns(rates.luns);
  const choice = byId('load-of');
  const load = total(rates.luns.filter(lun => choice.value === '' || keyOfLun(lun) === choice.value));
  Object.entries(charts).forEach(([what, chart]) => chart.add(load[what]));
  if (app.state) {
    app.state.rates = rates;
    showSessions(app);
  }
}

function offerLuns(luns) {
  sync(byId('load-of'), [null, ...luns], keyOfLun, lun => ({
    node: el('option', {value: keyOfLun(lun)}, lun ? `LUN ${lun.lun} of ${shown(lun.target)}` : 'all LUNs'),
    update() {},
  }));
}

const keyOfLun = lun => lun === null ? '' : `${lun.lun} ${lun.target}`;

function show() {
  const {status, schedules, devices} = app.state;
  const {problems} = status;
  setText(byId('health'), problems.length ? plural(problems.length, 'problem') : 'All is well');
  setAttribute(byId('health'), 'class', `pill ${problems.length ? 'bad' : 'good'}`);
  setText(byId('server'), [
    status.portals.join(', '),
    `up ${duration(Math.max(1, (Date.now() - Date.parse(status.startedAt)) / 1000))}`,
    `configuration ${status.configVersion}`,
    status.failedLogins ? plural(status.failedLogins, 'failed login') : '',
    status.version.startsWith('(') ? '' : `version ${status.version}`,
  ].filter(Boolean).join(' · '));
  setHidden(byId('problems'), problems.length === 0);
  setChildren(byId('problems'), problems.join('\n'), () => problems.map(problem => el('li', {}, shown(problem))));
  sync(byId('devices'), devices, device => device.info.name, () => new DevicePanel(app));
  showTargets(app);
  showSessions(app);
  showJobs(app);
  showSchedules(schedules);
  setAttribute(byId('page'), 'data-shown', 'true');
}

byId('login').addEventListener('submit', event => {
  event.preventDefault();
  keepToken(byId('token').value.trim());
  start();
});
byId('leave').addEventListener('click', () => leave(''));
byId('load-of').addEventListener('change', () => Object.values(charts).forEach(chart => chart.clear()));
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && hasToken()) {
    start();
  }
});
addEventListener('hashchange', () => takeTokenOfAddress() && start());

offerLuns([]);
takeTokenOfAddress();
if (hasToken()) {
  start();
} else {
  leave('');
}
