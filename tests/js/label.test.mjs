import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ALPHABET, checkCharacter, parseLabel, printedCode } from "../../static/src/core/label.js";
import { readSpelling, stickerKey, stickerSpelling } from "../../static/src/core/sticker.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/labels.json", import.meta.url), "utf8"));

test("the alphabet is the agreed one", () => {
  assert.equal(ALPHABET, vectors.alphabet);
});

for (const { nine, check } of vectors.check) {
  test(`check character of ${nine}`, () => {
    assert.equal(checkCharacter(nine), check);
  });
}

for (const nine of ["", "ABCDEFGH", "ABCDEFGHJK", "abcdefghj", "ABCDEFGHU"]) {
  test(`"${nine}" is not nine characters of the alphabet`, () => {
    assert.throws(() => checkCharacter(nine), RangeError);
  });
}

for (const { why, text, code, problem } of vectors.parse) {
  test(`reading: ${why}`, () => {
    assert.deepEqual(parseLabel(text), { code, problem });
  });
}

for (const { code, printed } of vectors.printed) {
  test(`printed ${code}`, () => {
    assert.equal(printedCode(code), printed);
    assert.deepEqual(parseLabel(printed), { code, problem: null });
  });
}

for (const { hex, code } of vectors.draw) {
  test(`a code the server drew from ${hex} reads back, no wrong neighbour does`, () => {
    assert.deepEqual(parseLabel(code), { code, problem: null });
    for (let place = 0; place < code.length; place++) {
      for (const wrong of ALPHABET) {
        if (wrong === code[place]) continue;
        assert.equal(parseLabel(code.slice(0, place) + wrong + code.slice(place + 1)).code, null);
      }
    }
  });
}

for (const { why, text, key } of vectors.stickers) {
  test(`sticker: ${why}`, () => {
    assert.equal(stickerKey(text), key);
    if (key) assert.equal(readSpelling(stickerSpelling(text)), text);
  });
}
