'use strict';
/*
 * Reads GraphQL text in the subset that prisma-client-py emits: one operation, arguments, nested selections.
 * Gives plain objects; throws SyntaxError with the offset for anything else.
 */

class GraphQLReader {
  constructor(text) {
    this.s = text;
    this.i = 0;
  }

  fail(what) {
    throw new SyntaxError(`${what} at offset ${this.i}: ${JSON.stringify(this.s.slice(this.i, this.i + 40))}`);
  }

  blank() {
    for (;;) {
      const c = this.s.charCodeAt(this.i);
      // space, tab, CR, LF, comma and BOM separate tokens and mean nothing
      if (c === 32 || c === 9 || c === 10 || c === 13 || c === 44 || c === 0xfeff) this.i++;
      else if (c === 35) {
        while (this.i < this.s.length && this.s.charCodeAt(this.i) !== 10) this.i++;
      } else return;
    }
  }

  peek() {
    this.blank();
    return this.s[this.i];
  }

  take(ch) {
    if (this.peek() !== ch) this.fail(`expected ${ch}`);
    this.i++;
  }

  name() {
    this.blank();
    const start = this.i;
    while (this.i < this.s.length) {
      const c = this.s.charCodeAt(this.i);
      const word = (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
      if (!word) break;
      this.i++;
    }
    if (this.i === start) this.fail('expected a name');
    return this.s.slice(start, this.i);
  }

  string() {
    const start = this.i++;
    for (;;) {
      const c = this.s[this.i];
      if (c === undefined) this.fail('unterminated string');
      if (c === '\\') this.i += 2;
      else if (c === '"') break;
      else this.i++;
    }
    this.i++;
    const token = this.s.slice(start, this.i).replace(/[\u0000-\u001f]/g, (c) =>
      '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
    return JSON.parse(token);
  }

  number() {
    const m = /^-?\d+(\.\d+)?([eE][+-]?\d+)?/.exec(this.s.slice(this.i, this.i + 400));
    if (!m) this.fail('expected a number');
    this.i += m[0].length;
    const value = Number(m[0]);
    if (m[1] === undefined && m[2] === undefined && !Number.isSafeInteger(value)) {
      return { $type: 'BigInt', value: m[0] };
    }
    return value;
  }

  value() {
    const c = this.peek();
    if (c === '"') return this.string();
    if (c === '[') {
      this.i++;
      const out = [];
      while (this.peek() !== ']') out.push(this.value());
      this.i++;
      return out;
    }
    if (c === '{') {
      this.i++;
      const out = {};
      while (this.peek() !== '}') {
        const key = this.peek() === '"' ? this.string() : this.name();
        this.take(':');
        out[key] = this.value();
      }
      this.i++;
      return out;
    }
    if (c === '-' || (c >= '0' && c <= '9')) return this.number();
    const word = this.name();
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    return word; // an enum value; the JSON protocol spells those as strings
  }

  arguments() {
    const out = {};
    if (this.peek() !== '(') return out;
    this.i++;
    while (this.peek() !== ')') {
      const key = this.name();
      this.take(':');
      out[key] = this.value();
    }
    this.i++;
    return out;
  }

  selection() {
    const out = {};
    if (this.peek() !== '{') return out;
    this.i++;
    while (this.peek() !== '}') {
      const field = this.field();
      const nested = Object.keys(field.selection).length > 0;
      const args = Object.keys(field.arguments).length > 0;
      out[field.name] = nested || args ? { arguments: field.arguments, selection: field.selection } : true;
    }
    this.i++;
    return out;
  }

  field() {
    let name = this.name();
    let alias = name;
    if (this.peek() === ':') {
      this.i++;
      name = this.name();
    }
    return { alias, name, arguments: this.arguments(), selection: this.selection() };
  }

  document() {
    const c = this.peek();
    if (c !== '{') this.name(); // query | mutation
    this.take('{');
    const field = this.field();
    this.take('}');
    return field;
  }
}

module.exports = { GraphQLReader };
