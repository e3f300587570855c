// A device with its volumes and their snapshots, and all that can be done with them.

import {ask, path} from './api.js';
import {note, openDialog} from './dialogs.js';
import {el, setAttribute, setChildren, setHidden, setText, sync} from './dom.js';
import {bytes, nameOf, plural, setTime, shown, timeOf} from './format.js';

const GIB = 2 ** 30;
const SHARES = [['exclusive', 'Exclusive'], ['shared', 'Shared'], ['pending', 'To be freed'], ['reserved', 'Reserved'], ['free', 'Free']];

/** A device; its data is {info, volumes, snapshots, space}, the server's {targets, sessions}. */
export class DevicePanel {
  constructor(app) {
    this.app = app;
    this.title = el('h2');
    this.facts = el('p', {class: 'quiet facts'});
    this.bar = el('div', {class: 'fill', role: 'img'});
    this.legend = el('ul', {class: 'legend'});
    this.table = el('table', {class: 'list volumes'},
      el('thead', {}, el('tr', {},
        ...[['Volume'], ['Size', 'number'], ['Mapped', 'number'], ['Exclusive', 'number wide'], ['Shared', 'number wide'], ['Snapshots', 'number wide'], ['Served as', 'wide']]
          .map(([text, kind = '']) => el('th', {scope: 'col', class: kind}, text)),
        el('th', {scope: 'col'}, el('span', {class: 'unseen'}, 'Actions')))));
    this.none = el('p', {class: 'quiet', hidden: true}, 'There is no volume yet.');
    this.node = el('section', {class: 'device'},
      el('div', {class: 'heading'}, this.title,
        el('button', {class: 'primary', onclick: () => createVolume(this)}, 'New volume…'),
        el('button', {class: 'plain', onclick: () => vacuum(this)}, 'Vacuum…')),
      this.facts, this.bar, this.legend,
      el('div', {class: 'scroll'}, this.table), this.none);
  }

  get name() {
    return this.data.info.name;
  }

  update(data) {
    this.data = data;
    const {info, space} = data;
    setChildren(this.title, info.name, () => ['Device ', nameOf(info.name)]);
    setText(this.facts, `${shown(info.path)} · ${bytes(info.sizeBytes)} · ${plural(info.volumeCount, 'volume')} · layout ${info.version}${info.failed ? ' · failed' : ''}`);
    setAttribute(this.node, 'aria-label', `Device ${shown(info.name)}`);
    const exclusive = space.volumes.reduce((all, volume) => all + volume.exclusiveBytes, 0);
    const shares = {exclusive, shared: space.sharedBytes, pending: space.pendingBytes + space.lostBytes, reserved: space.reservedBytes, free: space.freeBytes};
    const there = SHARES.filter(([key]) => shares[key] > 0);
    sync(this.bar, there, ([key]) => key, ([key]) => new Share(key));
    for (const part of this.bar.children) {
      part.style.flexGrow = shares[part.dataset.share] / space.totalBytes;
    }
    setAttribute(this.bar, 'aria-label', there.map(([key, label]) => `${label} ${bytes(shares[key])}`).join(', '));
    setChildren(this.legend, there.map(([key]) => key + shares[key]).join(), () => there.map(([key, label]) =>
      el('li', {class: key}, el('i', {'aria-hidden': 'true'}), `${label} `, el('strong', {}, bytes(shares[key])))));
    sync(this.table, data.volumes, volume => volume.uuid, () => new VolumeRow(this));
    setHidden(this.table.parentNode, data.volumes.length === 0);
    setHidden(this.none, data.volumes.length > 0);
  }

  /** How a path names a volume: by its slot where the name does not lead to it. */
  reference(volume) {
    const alone = this.data.volumes.filter(other => other.name === volume.name).length === 1;
    return alone && !/^\.{1,2}$|\ufffd|^#/u.test(volume.name) ? volume.name : `#${volume.slot}`;
  }

  volumePath(volume, ...more) {
    return path('devices', this.name, 'volumes', this.reference(volume), ...more);
  }

  snapshotPath(snapshot, ...more) {
    return path('devices', this.name, 'snapshots', String(snapshot.id), ...more);
  }

  /** LUNs that show a volume as it is, with who uses them. */
  uses(volume) {
    const {targets, sessions} = this.app.state;
    return targets.flatMap(target => target.luns
      .filter(lun => lun.device === this.name && lun.volume === volume.name && lun.snapshot === null)
      .map(lun => ({target: target.name, lun: lun.number, sessions: sessions.filter(session => session.target === target.name)})));
  }

  async done(text) {
    note(text);
    await this.app.refresh();
  }
}

/** A part of the fill bar. */
class Share {
  constructor(key) {
    this.node = el('span', {class: key, 'data-share': key});
  }

  update() {}
}

/** A volume, with its snapshots below if it is opened. */
class VolumeRow {
  constructor(panel) {
    this.panel = panel;
    this.open = false;
    this.label = el('span');
    this.expander = el('button', {class: 'expander', 'aria-expanded': 'false', onclick: () => this.toggle()}, this.label);
    this.size = el('td', {class: 'number'});
    this.mapped = el('span');
    this.meter = el('span', {class: 'meter'}, el('i'));
    this.exclusive = el('td', {class: 'number wide'});
    this.shared = el('td', {class: 'number wide'});
    this.snapshots = el('td', {class: 'number wide'});
    this.served = el('td', {class: 'wide'});
    this.tree = el('ol', {class: 'tree'});
    this.actions = el('div', {class: 'actions'},
      this.action('Clone…', () => cloneOf(panel, this.volume, null)),
      this.action('Resize…', () => resize(panel, this.volume)),
      this.action('Rename…', () => rename(panel, this.volume)),
      this.action('Delete…', () => deleteVolume(panel, this.volume), 'risky'));
    this.details = el('tr', {class: 'details', hidden: true}, el('td', {colspan: 8}, this.actions, this.tree));
    this.node = el('tbody', {},
      el('tr', {},
        el('th', {scope: 'row'}, this.expander), this.size,
        el('td', {class: 'number'}, this.mapped, this.meter),
        this.exclusive, this.shared, this.snapshots, this.served,
        el('td', {class: 'do'}, this.action('Snapshot…', () => takeSnapshot(panel, this.volume)))),
      this.details);
  }

  action(text, run, kind = '') {
    return el('button', {class: `plain ${kind}`, onclick: run}, text);
  }

  toggle() {
    this.open = !this.open;
    setAttribute(this.expander, 'aria-expanded', String(this.open));
    setHidden(this.details, !this.open);
    this.update(this.volume);
  }

  update(volume) {
    this.volume = volume;
    const {space, snapshots} = this.panel.data;
    const used = space.volumes.find(each => each.slot === volume.slot);
    setChildren(this.label, volume.name, () => [nameOf(volume.name)]);
    setAttribute(this.node, 'data-volume', shown(volume.name));
    setText(this.size, bytes(volume.sizeBytes));
    setText(this.mapped, bytes(volume.mappedBytes));
    this.meter.firstChild.style.width = `${100 * volume.mappedBytes / volume.sizeBytes}%`;
    setText(this.exclusive, used ? bytes(used.exclusiveBytes) : '');
    setText(this.shared, used ? bytes(used.sharedBytes) : '');
    setText(this.snapshots, String(volume.snapshotCount - 1));
    const uses = this.panel.uses(volume);
    setText(this.served, uses.length ? uses.map(use => `LUN ${use.lun}`).join(', ') : '');
    setAttribute(this.served, 'title', uses.map(use => `LUN ${use.lun} of ${use.target}`).join('\n'));
    if (this.open) {
      const rows = treeOf(volume, snapshots, used);
      sync(this.tree, rows, row => String(row.layer.id), () => new LayerRow(this));
    }
  }
}

/** A snapshot, or what is written now. */
class LayerRow {
  constructor(row) {
    const {panel} = row;
    this.name = el('span');
    this.when = el('time', {class: 'quiet'});
    this.space = el('span', {class: 'quiet'});
    this.relation = el('span', {class: 'relation'});
    const button = (text, run, kind = '') => el('button', {class: `plain ${kind}`, onclick: run}, text);
    this.buttons = el('span', {class: 'do'},
      button('Roll back…', () => rollback(panel, row.volume, this.layer)),
      button('Clone…', () => cloneOf(panel, row.volume, this.layer)),
      button('Delete…', () => deleteSnapshot(panel, row.volume, this.layer), 'risky'));
    this.node = el('li', {}, el('i', {class: 'knot', 'aria-hidden': 'true'}),
      el('span', {class: 'what'}, this.name, this.when, this.space, this.relation), this.buttons);
  }

  update({layer, depth, clones, origin, reclaimable}) {
    this.layer = layer;
    setAttribute(this.node, 'data-depth', Math.min(depth, 6));
    setAttribute(this.node, 'data-snapshot', layer.head ? 'now' : titleOf(layer));
    setAttribute(this.node, 'class', layer.head ? 'head' : 'frozen');
    setChildren(this.name, titleOf(layer), () => layer.head ? ['Now'] : [nameOf(titleOf(layer))]);
    setTime(this.when, layer.createdAt);
    setHidden(this.when, layer.head);
    setText(this.space, layer.head
      ? `${bytes(layer.ownBytes)} written since`
      : `${bytes(layer.ownBytes)} own, ${bytes(reclaimable)} reclaimable`);
    const texts = clones.map(name => `clone ${shown(name)}`);
    if (origin) {
      texts.push(`made of ${shown(origin)}`);
    }
    setText(this.relation, texts.join(' · '));
    setHidden(this.buttons, layer.head);
  }
}

/** What a snapshot is called without its volume. */
const titleOf = snapshot => snapshot.snapshotName ?? `#${snapshot.id}`;

/** Layers of a volume, the newest first: the line that leads to the head, with its side branches. */
function treeOf(volume, all, used) {
  const own = all.filter(layer => layer.volume === volume.name);
  const byNumber = new Map(all.map(layer => [layer.id, layer]));
  const ids = new Set(own.map(layer => layer.id));
  const children = Map.groupBy(own, layer => ids.has(layer.parentId) ? layer.parentId : 0);
  const onLine = new Set();
  for (let layer = byNumber.get(volume.headSnapshotId); layer && !onLine.has(layer.id); layer = byNumber.get(layer.parentId)) {
    onLine.add(layer.id);
  }
  const rows = [];
  const visit = (start, depth) => {
    const line = [];
    for (let layer = start; layer; layer = nextOf(children.get(layer.id) ?? [], onLine)) {
      line.push(layer);
    }
    for (const layer of line.reverse()) {
      const next = nextOf(children.get(layer.id) ?? [], onLine);
      (children.get(layer.id) ?? []).filter(child => child !== next).forEach(child => visit(child, depth + 1));
      rows.push({
        layer,
        depth,
        clones: [...new Set(all.filter(other => other.parentId === layer.id && other.volume !== volume.name).map(other => other.volume))],
        origin: layer.parentId && !ids.has(layer.parentId) ? byNumber.get(layer.parentId)?.name : null,
        reclaimable: used?.snapshots.find(each => each.id === layer.id)?.exclusiveBytes ?? 0,
      });
    }
  };
  (children.get(0) ?? []).toSorted((a, b) => onLine.has(b.id) - onLine.has(a.id)).forEach(root => visit(root, 0));
  return rows;
}

const nextOf = (children, onLine) => children.find(child => onLine.has(child.id)) ?? children.at(-1);

// ---- actions

function createVolume(panel) {
  openDialog({
    title: ['New volume on ', nameOf(panel.name)],
    text: [el('p', {class: 'quiet'}, 'It takes space only for what is written to it.')],
    fields: [
      {name: 'name', kind: 'text', label: 'Name'},
      {name: 'size', kind: 'size', label: 'Size', value: 10 * GIB},
    ],
    confirm: 'Create',
    run: async ({name, size}) => {
      await ask('POST', path('devices', panel.name, 'volumes'), {name, sizeBytes: size});
      await panel.done(`Volume ${shown(name)} is there.`);
    },
  });
}

function takeSnapshot(panel, volume) {
  openDialog({
    title: ['Snapshot of ', nameOf(volume.name)],
    text: [el('p', {class: 'quiet'}, 'Works while the volume is in use, and takes no space until something changes.')],
    fields: [{name: 'name', kind: 'text', label: 'Name', optional: true, hint: 'none: called by its number'}],
    confirm: 'Take snapshot',
    run: async ({name}) => {
      const taken = await ask('POST', panel.volumePath(volume, 'snapshots'), name ? {name} : {});
      await panel.done(`Snapshot ${shown(taken.name)} is taken.`);
    },
  });
}

function cloneOf(panel, volume, snapshot) {
  const source = snapshot === null ? volume.name : `${volume.name}@${titleOf(snapshot)}`;
  openDialog({
    title: ['Clone of ', nameOf(source)],
    fields: [
      {name: 'name', kind: 'text', label: 'Name of the new volume'},
      {
        name: 'way', kind: 'choice', label: 'Contents', value: 'linked',
        choices: [
          {value: 'linked', label: 'Linked: there at once, shares space with its origin'},
          {value: 'full', label: 'Full: a job copies everything, then it stands alone'},
        ],
      },
    ],
    confirm: 'Clone',
    run: async ({name, way}) => {
      const url = snapshot === null ? panel.volumePath(volume, 'clone') : panel.snapshotPath(snapshot, 'clone');
      await ask('POST', url, {name, linked: way === 'linked'});
      await panel.done(way === 'linked' ? `Clone ${shown(name)} is there.` : `Clone ${shown(name)} is being copied.`);
    },
  });
}

function rename(panel, volume) {
  openDialog({
    title: ['Another name for ', nameOf(volume.name)],
    text: usesText(panel, volume, 'The configuration follows, unless the old name stands in a file of yours: then it is refused.'),
    fields: [{name: 'name', kind: 'text', label: 'New name', value: volume.name}],
    confirm: 'Rename',
    run: async ({name}) => {
      await ask('PATCH', panel.volumePath(volume), {name});
      await panel.done(`Volume ${shown(volume.name)} is called ${shown(name)} now.`);
    },
  });
}

function resize(panel, volume) {
  openDialog({
    title: ['Size of ', nameOf(volume.name)],
    text: [el('p', {class: 'quiet'}, `It has ${bytes(volume.sizeBytes)}, ${bytes(volume.mappedBytes)} of them are mapped. Initiators are told of the new size.`)],
    fields: [
      {name: 'size', kind: 'size', label: 'New size', value: volume.sizeBytes},
      {
        name: 'shrink', kind: 'choice', label: 'It becomes smaller', value: 'unmapped-only',
        choices: [
          {value: 'unmapped-only', label: 'Only if nothing is stored beyond the new end'},
          {value: 'discard', label: 'What is stored beyond the new end is lost; snapshots keep it'},
        ],
      },
    ],
    typed: volume.name,
    confirm: 'Resize',
    changed: ({size, shrink}) => ({
      hide: size < volume.sizeBytes ? [] : ['shrink'],
      typed: size < volume.sizeBytes && shrink === 'discard',
    }),
    run: async ({size, shrink}) => {
      const smaller = size < volume.sizeBytes;
      await ask('PATCH', panel.volumePath(volume), smaller ? {sizeBytes: size, shrink} : {sizeBytes: size});
      await panel.done(`Volume ${shown(volume.name)} has ${bytes(size)} now.`);
    },
  });
}

function deleteVolume(panel, volume) {
  const frozen = volume.snapshotCount - 1;
  openDialog({
    title: ['Delete ', nameOf(volume.name), '?'],
    text: [
      el('p', {}, 'Lost for good: the volume with ', el('strong', {}, bytes(volume.mappedBytes)), ' of data',
        frozen ? el('span', {}, ' and ', el('strong', {}, plural(frozen, 'snapshot'))) : '', '.'),
      freed(panel.volumePath(volume)),
      ...usesText(panel, volume, 'The server refuses to delete a volume that is served: unmap it first.'),
    ],
    typed: volume.name,
    confirm: 'Delete volume',
    danger: true,
    run: async () => {
      await ask('DELETE', panel.volumePath(volume));
      await panel.done(`Volume ${shown(volume.name)} is deleted.`);
    },
  });
}

function deleteSnapshot(panel, volume, snapshot) {
  openDialog({
    title: ['Delete ', nameOf(`${volume.name}@${titleOf(snapshot)}`), '?'],
    text: [
      el('p', {}, 'Lost for good: the state of ', timeOf(snapshot.createdAt), '. The volume and all other snapshots stay as they are.'),
      freed(panel.snapshotPath(snapshot)),
    ],
    typed: titleOf(snapshot),
    confirm: 'Delete snapshot',
    danger: true,
    run: async () => {
      await ask('DELETE', panel.snapshotPath(snapshot));
      await panel.done(`Snapshot ${shown(titleOf(snapshot))} is deleted.`);
    },
  });
}

function rollback(panel, volume, snapshot) {
  const loss = el('p');
  openDialog({
    title: ['Roll ', nameOf(volume.name), ' back to ', nameOf(titleOf(snapshot)), '?'],
    text: [
      el('p', {}, 'The volume holds again what it held at ', timeOf(snapshot.createdAt), '. Unmount its file systems first.'),
      loss,
      ...usesText(panel, volume, 'Their sessions stay; they are told that the contents changed.'),
    ],
    fields: [{name: 'keep', kind: 'check', label: 'Keep what it holds now as a snapshot', value: true}],
    typed: volume.name,
    confirm: 'Roll back',
    danger: true,
    changed: ({keep}) => {
      setText(loss, keep ? 'Nothing is lost: what it holds now stays as a snapshot.' : 'Lost for good: everything that was written since its last snapshot.');
      return {};
    },
    run: async ({keep}) => {
      await ask('POST', panel.volumePath(volume, 'rollback'), {snapshot: String(snapshot.id), discard: !keep});
      await panel.done(`Volume ${shown(volume.name)} is back at ${shown(titleOf(snapshot))}.`);
    },
  });
}

function vacuum(panel) {
  const text = el('p', {}, 'Looking …');
  ask('POST', `${path('devices', panel.name, 'vacuum')}?dryRun=true`)
    .then(info => setText(text, info.movedExtents
      ? `${plural(info.movedExtents, 'extent')} would move, so that the used part of the device ends earlier.`
      : 'There is nothing to move.'))
    .catch(error => setText(text, shown(error.message)));
  openDialog({
    title: ['Vacuum ', nameOf(panel.name)],
    text: [el('p', {class: 'quiet'}, 'Moves what is stored together and gives free space back, while the device is used.'), text],
    confirm: 'Vacuum',
    run: async () => {
      await ask('POST', path('devices', panel.name, 'vacuum'));
      await panel.done('The vacuum runs.');
    },
  });
}

/** Says what a deletion would win; the server computes it. */
function freed(url) {
  const node = el('p', {class: 'freed'}, 'Looking what is freed …');
  ask('DELETE', `${url}?dryRun=true`)
    .then(answer => node.replaceChildren('Frees ', el('strong', {}, bytes(answer.freedBytes)), '.'))
    .catch(error => setText(node, shown(error.message)));
  return node;
}

/** Warns of those who use a volume. */
function usesText(panel, volume, consequence) {
  const uses = panel.uses(volume);
  if (uses.length === 0) {
    return [];
  }
  return [el('div', {class: 'warning'},
    el('p', {}, 'It is in use. ', consequence),
    el('ul', {}, ...uses.map(use => el('li', {}, `LUN ${use.lun} of `, nameOf(use.target), use.sessions.length
      ? el('span', {}, ': ', ...use.sessions.flatMap((session, i) => [i ? ', ' : '', nameOf(session.initiator), ` (${session.address})`]))
      : ' (no session)'))))];
}
