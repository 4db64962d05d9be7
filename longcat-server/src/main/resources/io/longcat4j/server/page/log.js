// What was said, both sides.

export class Log {
  constructor(list) {
    this.list = list;
    this.items = new Map();
  }

  /** The entry of an item, made if it is new. */
  entry(id, who) {
    let entry = this.items.get(id);
    if (!entry) {
      entry = document.createElement('li');
      entry.className = who;
      const name = document.createElement('b');
      name.textContent = who === 'you' ? 'You' : 'LongCat';
      entry.append(name, document.createElement('p'));
      entry.dataset.item = id;
      this.items.set(id, entry);
      this.list.append(entry);
    }
    return entry;
  }

  set(id, who, text) {
    const entry = this.entry(id, who);
    entry.classList.remove('pending');
    entry.lastChild.textContent = text;
    this.scroll();
  }

  add(id, who, more) {
    const entry = this.entry(id, who);
    entry.lastChild.textContent += more;
    this.scroll();
  }

  /** Somebody has said something; what, will be known later or never. */
  pending(id, text) {
    const entry = this.entry(id, 'you');
    if (entry.lastChild.textContent === '') {
      entry.classList.add('pending');
      entry.lastChild.textContent = text;
      this.scroll();
    }
  }

  cut(id) {
    this.items.get(id)?.classList.add('cut');
  }

  clear() {
    this.list.replaceChildren();
    this.items.clear();
  }

  scroll() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
