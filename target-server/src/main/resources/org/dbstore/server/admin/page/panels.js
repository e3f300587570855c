// Targets, sessions, jobs and schedules.

import {ask, path} from './api.js';
import {note, openDialog} from './dialogs.js';
import {byId, el, setAttribute, setChildren, setHidden, setText, sync} from './dom.js';
import {bytes, interval, nameOf, rate, setTime, shown} from './format.js';

const ENDED_SHOWN = 5;
const LUNS = Array.from({length: 256}, (_, number) => number);
const STATES = {running: 'runs', cancelling: 'is ending', done: 'done', failed: 'failed', cancelled: 'cancelled'};

export function showTargets(app) {
  const {targets} = app.state;
  sync(byId('targets'), targets, target => target.name, () => new TargetItem(app));
  setHidden(byId('targets-none'), targets.length > 0);
}

class TargetItem {
  constructor(app) {
    this.app = app;
    this.name = el('h3');
    this.facts = el('span', {class: 'quiet'});
    this.luns = el('ul', {class: 'luns'});
    this.node = el('li', {}, this.name, this.facts, this.luns,
      el('button', {class: 'plain', onclick: () => mapVolume(this.app, this.target)}, 'Map volume…'));
  }

  update(target) {
    this.target = target;
    setAttribute(this.node, 'data-target', target.name);
    setChildren(this.name, target.name, () => [nameOf(target.name)]);
    setText(this.facts, [
      target.alias && shown(target.alias),
      target.authGroup ? `users of ${shown(target.authGroup)}` : 'without authentication',
      `${target.sessions} session${target.sessions === 1 ? '' : 's'}`,
    ].filter(Boolean).join(' · '));
    sync(this.luns, target.luns, lun => String(lun.number), () => new LunItem(this));
  }
}

class LunItem {
  constructor(item) {
    this.what = el('span');
    this.unmap = el('button', {class: 'plain risky', onclick: () => unmapLun(item.app, item.target, this.lun)}, 'Unmap…');
    this.node = el('li', {}, this.what, ' ', this.unmap);
  }

  update(lun) {
    this.lun = lun;
    const source = sourceOf(lun);
    const facts = [lun.readOnly || lun.snapshot !== null ? 'read-only' : '', lun.cache === 'writeback' ? 'write-back' : '', `${lun.blockBytes} B blocks`];
    setAttribute(this.node, 'data-lun', lun.number);
    setHidden(this.unmap, lun.automatic); // it goes with its snapshot
    setChildren(this.what, JSON.stringify(lun), () => [
      el('strong', {}, `LUN ${lun.number}`), ' ', nameOf(source),
      el('span', {class: 'quiet'}, ` ${facts.filter(Boolean).join(', ')}`)]);
  }
}

const sourceOf = lun => `${lun.device}/${lun.volume}${lun.snapshot === null ? '' : `@${lun.snapshot}`}`;

function mapVolume(app, target) {
  const taken = new Set([...target.luns.map(lun => lun.number), ...target.missingLuns]);
  const volumes = app.state.devices.flatMap(({info, volumes}) => volumes.map(({name}) => ({device: info.name, volume: name})));
  openDialog({
    title: ['Map a volume to ', nameOf(target.name)],
    fields: [
      {name: 'volume', kind: 'list', label: 'Volume', choices: volumes.map(({device, volume}) => shown(`${device}/${volume}`))},
      {name: 'lun', kind: 'text', label: 'LUN', value: String(LUNS.find(number => !taken.has(number)) ?? '')},
      {name: 'readOnly', kind: 'check', label: 'Read-only', value: false},
    ],
    confirm: 'Map',
    run: async ({volume, lun, readOnly}) => {
      if (taken.has(Number(lun))) {
        throw {message: `LUN ${lun} is taken.`, remedy: 'Choose another number.'};
      }
      const value = {...volumes[volume], ...readOnly ? {'read-only': 'true'} : {}};
      await edit(app, {op: 'set', path: ['targets', target.name, 'luns', lun], value});
      note(`${shown(volumes[volume].volume)} is LUN ${lun} of ${shown(target.name)}.`);
    },
  });
}

function unmapLun(app, target, lun) {
  const sessions = app.state.sessions.filter(session => session.target === target.name);
  openDialog({
    title: `Unmap LUN ${lun.number}?`,
    text: [
      el('p', {}, nameOf(sourceOf(lun)), ' is a disk of ', nameOf(target.name), ' no longer. Its data stays.'),
      ...sessions.length ? [el('p', {class: 'warning'}, 'These lose it at once: ', ...sessions.map(session => nameOf(`${session.initiator} `)))] : [],
    ],
    confirm: 'Unmap',
    danger: true,
    run: async () => {
      await edit(app, {op: 'remove', path: ['targets', target.name, 'luns', String(lun.number)]});
      note(`LUN ${lun.number} is unmapped.`);
    },
  });
}

/** Edits the configuration that is shown; one that has changed since is not edited. */
async function edit(app, change) {
  await ask('POST', path('config', 'apply'), {edits: [change], version: app.state.status.configVersion});
  await app.refresh();
}

export function showSessions(app) {
  const {sessions} = app.state;
  const table = byId('sessions');
  sync(table.tBodies[0], sessions, session => String(session.id), () => new SessionRow(app));
  setHidden(table, sessions.length === 0);
  setHidden(byId('sessions-none'), sessions.length > 0);
}

class SessionRow {
  constructor(app) {
    this.app = app;
    this.initiator = el('th', {scope: 'row'});
    this.address = el('td', {class: 'wide'});
    this.target = el('td', {class: 'wide'});
    this.since = el('time');
    this.read = el('td', {class: 'number'});
    this.write = el('td', {class: 'number'});
    this.node = el('tr', {}, this.initiator, this.address, this.target, el('td', {class: 'wide'}, this.since), this.read, this.write,
      el('td', {class: 'do'}, el('button', {class: 'plain risky', onclick: () => this.end()}, 'End…')));
  }

  update(session) {
    this.session = session;
    setChildren(this.initiator, session.initiator, () => [nameOf(session.initiator)]);
    setText(this.address, session.address);
    setChildren(this.target, session.target, () => [nameOf(session.target)]);
    setTime(this.since, session.since);
    const load = this.app.state.rates?.sessions.find(each => each.id === session.id)?.load;
    setText(this.read, load ? rate(load.readBytes) : '–');
    setText(this.write, load ? rate(load.writeBytes) : '–');
  }

  end() {
    const {session} = this;
    openDialog({
      title: 'End the session?',
      text: [el('p', {}, nameOf(session.initiator), ` (${session.address}) is logged out of `, nameOf(session.target), '. Commands under way are aborted. It may log in again, and most initiators do so by themselves.')],
      confirm: 'End session',
      danger: true,
      run: async () => {
        await ask('DELETE', path('sessions', String(session.id)));
        note('The session is ended.');
        await this.app.refresh();
      },
    });
  }
}

export function showJobs(app) {
  const {jobs} = app.state;
  const running = jobs.filter(job => job.endedAt === null);
  const ended = jobs.filter(job => job.endedAt !== null).slice(-ENDED_SHOWN);
  sync(byId('jobs'), [...running, ...ended.reverse()], job => String(job.id), () => new JobItem(app));
  setHidden(byId('jobs-none'), jobs.length > 0);
}

class JobItem {
  constructor(app) {
    this.title = el('span', {class: 'what'});
    this.state = el('span', {class: 'state'});
    this.progress = el('progress', {'aria-label': 'Progress'});
    this.amount = el('span', {class: 'quiet'});
    this.error = el('span', {class: 'failure'});
    this.cancel = el('button', {class: 'plain', onclick: async () => {
      try {
        await ask('DELETE', path('jobs', String(this.job.id)));
        await app.refresh();
      } catch (error) {
        note(shown(`${error.message} ${error.remedy ?? ''}`));
      }
    }}, 'Cancel');
    this.node = el('li', {}, this.title, this.state, this.progress, this.amount, this.cancel, this.error);
  }

  update(job) {
    this.job = job;
    setChildren(this.title, job.kind + job.subject, () => [`${job.kind} `, nameOf(job.subject)]);
    setText(this.state, STATES[job.state] ?? job.state);
    setAttribute(this.node, 'data-state', job.state);
    const over = job.endedAt !== null;
    setHidden(this.progress, over);
    setHidden(this.cancel, job.state !== 'running');
    if (job.totalBytes > 0) {
      this.progress.max = job.totalBytes;
      this.progress.value = job.doneBytes;
    }
    setText(this.amount, over || job.totalBytes === 0 ? '' : `${bytes(job.doneBytes)} of ${bytes(job.totalBytes)}`);
    setText(this.error, job.error ? shown(`${job.error.message}; ${job.error.remedy}`) : '');
    setHidden(this.error, !job.error);
  }
}

export function showSchedules(schedules) {
  const table = byId('schedules');
  sync(table.tBodies[0], schedules, rule => rule.name, () => new ScheduleRow());
  setHidden(table, schedules.length === 0);
  setHidden(byId('schedules-none'), schedules.length > 0);
}

class ScheduleRow {
  constructor() {
    this.name = el('th', {scope: 'row'});
    this.every = el('td');
    this.volumes = el('td');
    this.keep = el('td', {class: 'number'});
    this.prefix = el('td', {class: 'wide'});
    this.last = el('time');
    this.next = el('time');
    this.errors = el('p', {class: 'failure'});
    this.node = el('tr', {}, this.name, this.every, this.volumes, this.keep, this.prefix, el('td', {class: 'wide'}, this.last), el('td', {}, this.next, this.errors));
  }

  update(rule) {
    setChildren(this.name, rule.name, () => [nameOf(rule.name)]);
    setText(this.every, interval(rule.everySeconds) + (rule.at ? ` at ${rule.at} UTC` : ''));
    setChildren(this.volumes, rule.volumes.join(', '), () => [nameOf(rule.volumes.join(', '))]);
    setText(this.keep, String(rule.keep));
    setChildren(this.prefix, rule.prefix, () => [nameOf(rule.prefix)]);
    if (rule.lastRunAt) {
      setTime(this.last, rule.lastRunAt);
    } else {
      setText(this.last, '–');
    }
    setTime(this.next, rule.nextRunAt);
    setText(this.errors, shown(rule.lastErrors.join('; ')));
    setHidden(this.errors, rule.lastErrors.length === 0);
  }
}
