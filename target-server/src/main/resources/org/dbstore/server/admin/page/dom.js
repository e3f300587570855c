// Makes and updates elements. Texts become text nodes, never markup: names come from anybody.

const SVG = 'http://www.w3.org/2000/svg';
const parts = new WeakMap();

/** An element with attributes; on... are listeners, true is an attribute without a value. */
export function el(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

export const byId = id => document.getElementById(id);

/** Writes only what changes: selections and screen readers are not disturbed. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value);
  }
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) {
    node.hidden = hidden;
  }
}

/**
 * Makes the children of an element show items: what is there already stays the same element, so
 * that nothing flickers and the focus stays where it is.
 *
 * @param keyOf text that tells items apart
 * @param create makes {node, update(item)} for an item
 */
export function sync(parent, items, keyOf, create) {
  const before = parts.get(parent) ?? new Map();
  const after = new Map();
  let place = parent.tHead?.nextElementSibling ?? (parent.tHead ? null : parent.firstElementChild);
  for (const item of items) {
    const key = keyOf(item);
    const part = before.get(key) ?? create(item);
    before.delete(key);
    after.set(key, part);
    part.update(item);
    if (part.node === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(part.node, place);
    }
  }
  for (const gone of before.values()) {
    gone.node.remove();
  }
  parts.set(parent, after);
}

/** Replaces children if their number or texts changed. */
export function setChildren(node, mark, make) {
  if (parts.get(node) !== mark) {
    parts.set(node, mark);
    node.replaceChildren(...make());
  }
}
