// Asks people: what a change is to be, and whether they really mean it.

import {el, setHidden, setText} from './dom.js';
import {nameOf, shown} from './format.js';

const SIZES = {MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40};
let fieldCount = 0;

/**
 * Opens a dialog.
 *
 * @param title nodes or texts
 * @param text nodes of the explanation
 * @param fields [{name, kind, label, value, choices}]; kinds: text, size, check, choice, list (value: the index)
 * @param typed name that has to be typed before it can be done; null if it can be at once
 * @param confirm what the button says
 * @param danger true if something is lost
 * @param changed is told the values, returns {hide: [fields], typed: boolean}
 * @param run does it with the values; what it throws is shown, and the dialog stays
 */
export function openDialog({title, text = [], fields = [], typed = null, confirm, danger = false, changed, run}) {
  const controls = Object.fromEntries(fields.map(field => [field.name, makers[field.kind](field)]));
  const failure = el('div', {class: 'failure', role: 'alert', hidden: true});
  const button = el('button', {class: danger ? 'danger' : 'primary'}, confirm);
  const proof = typed === null ? null : proofOf(typed);
  const head = `dialog-title-${++fieldCount}`;
  const form = el('form', {autocomplete: 'off'},
    el('h2', {id: head}, ...[title].flat()),
    ...text,
    ...Object.values(controls).map(control => control.node),
    proof?.node,
    failure,
    el('div', {class: 'buttons'},
      el('button', {type: 'button', class: 'plain', onclick: () => dialog.close()}, 'Cancel'),
      button));
  const dialog = el('dialog', {'aria-labelledby': head}, form);

  const values = () => Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, control.value()]));
  const look = () => {
    const wish = changed?.(values()) ?? {};
    for (const [name, control] of Object.entries(controls)) {
      setHidden(control.node, wish.hide?.includes(name) ?? false);
    }
    if (proof) {
      setHidden(proof.node, wish.typed === false);
      proof.input.required = wish.typed !== false;
    }
    button.disabled = Boolean(proof) && wish.typed !== false && proof.input.value !== shown(typed);
  };
  form.addEventListener('input', look);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    button.disabled = true;
    setHidden(failure, true);
    try {
      await run(values());
      dialog.close();
    } catch (error) {
      failure.replaceChildren(el('strong', {}, shown(error.message)), el('span', {}, error.remedy ?? ''));
      setHidden(failure, false);
      look();
    }
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  look();
  dialog.showModal();
  return dialog;
}

function proofOf(name) {
  const id = `field-${++fieldCount}`;
  const input = el('input', {id, class: 'proof', type: 'text', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off'});
  return {
    input,
    node: el('div', {class: 'field'}, el('label', {for: id}, 'Type ', nameOf(name), ' to go on'), input),
  };
}

const makers = {
  text({name, label, value = '', optional = false, hint}) {
    const id = `field-${++fieldCount}`;
    const input = el('input', {id, name, type: 'text', value, required: !optional, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', placeholder: hint});
    return {node: el('div', {class: 'field'}, el('label', {for: id}, label), input), value: () => input.value};
  },

  size({name, label, value}) {
    const id = `field-${++fieldCount}`;
    const unit = value % SIZES.TiB === 0 ? 'TiB' : value % SIZES.GiB === 0 ? 'GiB' : 'MiB';
    const input = el('input', {id, name, type: 'number', min: 0, step: 'any', required: true, value: value / SIZES[unit]});
    const units = el('select', {'aria-label': 'Unit'},
      ...Object.keys(SIZES).map(each => el('option', {selected: each === unit}, each)));
    return {
      node: el('div', {class: 'field'}, el('label', {for: id}, label), el('div', {class: 'pair'}, input, units)),
      value: () => Math.round(Number(input.value) * SIZES[units.value]),
    };
  },

  check({name, label, value}) {
    const input = el('input', {type: 'checkbox', name, checked: value});
    return {node: el('label', {class: 'field line'}, input, el('span', {}, label)), value: () => input.checked};
  },

  list({name, label, choices}) {
    const id = `field-${++fieldCount}`;
    const select = el('select', {id, name, required: true}, ...choices.map(choice => el('option', {}, choice)));
    return {node: el('div', {class: 'field'}, el('label', {for: id}, label), select), value: () => select.selectedIndex};
  },

  choice({name, label, value, choices}) {
    const group = `choice-${++fieldCount}`;
    const inputs = choices.map(choice =>
      el('input', {type: 'radio', name: group, value: choice.value, checked: choice.value === value, 'data-field': name}));
    return {
      node: el('fieldset', {class: 'field'}, el('legend', {}, label),
        ...choices.map((choice, i) => el('label', {class: 'line'}, inputs[i], el('span', {}, choice.label)))),
      value: () => inputs.find(input => input.checked)?.value,
    };
  },
};

let noteTimer;

/** Says for a while what was done. */
export function note(text) {
  const node = document.getElementById('note');
  setText(node, text);
  node.classList.add('seen');
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => node.classList.remove('seen'), 5000);
}
