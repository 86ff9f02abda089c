'use strict';
/* PostgreSQL's type numbers, in the words of Prisma's driver adapters, with a decoder of the text form for each. */

const T = {
  Int32: 0, Int64: 1, Float: 2, Double: 3, Numeric: 4, Boolean: 5, Character: 6, Text: 7, Date: 8, Time: 9,
  DateTime: 10, Json: 11, Enum: 12, Bytes: 13, Set: 14, Uuid: 15,
};
const ARRAY = 64; // array of T is T + 64

const same = (text) => text;
const bytes = (text) => Array.from(Buffer.from(text.slice(2), 'hex'));
const utc = (text) => text.replace(/[+-]\d\d(:\d\d)?$/, ''); // the session runs in UTC
const truth = (text) => text === 't';

// oid -> [column type, text decoder]
const SCALARS = {
  16: [T.Boolean, truth], 17: [T.Bytes, bytes], 18: [T.Character, same], 19: [T.Text, same],
  20: [T.Int64, same], 21: [T.Int32, Number], 23: [T.Int32, Number], 25: [T.Text, same], 26: [T.Int64, same],
  114: [T.Json, same], 142: [T.Text, same], 650: [T.Text, same], 700: [T.Float, Number], 701: [T.Double, Number],
  705: [T.Text, same], 790: [T.Numeric, (t) => t.replace(/[^0-9.-]/g, '')], 869: [T.Text, same],
  1042: [T.Text, same], 1043: [T.Text, same], 1082: [T.Date, same], 1083: [T.Time, same],
  1114: [T.DateTime, same], 1184: [T.DateTime, utc], 1266: [T.Time, utc], 1560: [T.Text, same],
  1562: [T.Text, same], 1700: [T.Numeric, same], 2950: [T.Uuid, same], 3802: [T.Json, same],
};
// array oid -> element oid
const ARRAYS = {
  199: 114, 143: 142, 651: 650, 791: 790, 1000: 16, 1001: 17, 1002: 18, 1003: 19, 1005: 21, 1007: 23, 1009: 25,
  1014: 1042, 1015: 1043, 1016: 20, 1021: 700, 1022: 701, 1028: 26, 1041: 869, 1115: 1114, 1182: 1082, 1183: 1083,
  1185: 1184, 1231: 1700, 1561: 1560, 1563: 1562, 2951: 2950, 3807: 3802,
};
const FIRST_USER_OID = 16384;

function columnOf(oid) {
  if (SCALARS[oid]) return SCALARS[oid];
  if (ARRAYS[oid] !== undefined) {
    const [type, decode] = SCALARS[ARRAYS[oid]];
    return [type + ARRAY, (text) => parseArray(text, decode)];
  }
  // user-defined: an enum, or an array of one
  if (oid >= FIRST_USER_OID) return [T.Text, same];
  return undefined;
}

function parseArray(text, decode) {
  let i = 0;
  const read = () => {
    const out = [];
    i++; // {
    while (text[i] !== '}') {
      if (text[i] === ',') i++;
      if (text[i] === '{') out.push(read());
      else if (text[i] === '"') {
        let s = '';
        i++;
        while (text[i] !== '"') {
          if (text[i] === '\\') i++;
          s += text[i++];
        }
        i++;
        out.push(decode(s));
      } else {
        const start = i;
        while (text[i] !== ',' && text[i] !== '}') i++;
        const s = text.slice(start, i);
        out.push(s === 'NULL' ? null : decode(s));
      }
    }
    i++; // }
    return out;
  };
  return read();
}

module.exports = { columnOf, TEXT: [T.Text, same], same };
