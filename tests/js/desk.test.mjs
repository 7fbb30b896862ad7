import assert from "node:assert/strict";
import { test } from "node:test";

import { LEAD_MS, clockText, neighbour, ofLine, totalAt } from "../../static/src/desk/tally_marks.js";
import { timeLeft } from "../../static/src/desk/time_left.js";

const MARKS = [
  { ms: 2000, kind: "tally", line: "a", total: 1 },
  { ms: 4000, kind: "tally", line: "b", total: 2 },
  { ms: 5000, kind: "hidden", line: "", total: null },
  { ms: 7000, kind: "undo", line: "b", total: 1 },
];

test("the running total is that of the last tap before the moment", () => {
  assert.deepEqual([0, 1999, 2000, 6000, 7000, 99000].map((ms) => totalAt(MARKS, ms)), [0, 0, 1, 2, 1, 1]);
});

test("a line's marks keep every interruption", () => {
  assert.deepEqual(ofLine(MARKS, "a").map((mark) => mark.ms), [2000, 5000]);
  assert.deepEqual(ofLine(MARKS, ""), MARKS);
});

test("next and previous walk from mark to mark, each seen a little before it happens", () => {
  const walked = [];
  for (let at = 0, mark = neighbour(MARKS, at, 1); mark; mark = neighbour(MARKS, at, 1)) {
    walked.push(mark.ms);
    at = mark.ms - LEAD_MS;
  }
  assert.deepEqual(walked, [2000, 4000, 5000, 7000]);
  assert.equal(neighbour(MARKS, 7000 - LEAD_MS, -1)?.ms, 5000);
  assert.equal(neighbour(MARKS, 0, -1), undefined);
});

test("times are told as people read them", () => {
  assert.deepEqual([0, 9999, 61000, 3600000, -5].map(clockText), ["0:00", "0:09", "1:01", "60:00", "0:00"]);
});

const WORDS = { days: "in {d} d {h} h", hours: "in {h} h {m} min", minutes: "in {m} min", none: "time is up" };
const MINUTE = 60_000;

for (const [ms, said] of [
  [-1, "time is up"],
  [0, "in 0 min"],
  [59 * MINUTE + 59_999, "in 59 min"],
  [60 * MINUTE, "in 1 h 0 min"],
  [1440 * MINUTE - 1, "in 23 h 59 min"],
  [1440 * MINUTE, "in 1 d 0 h"],
  [1700 * MINUTE, "in 1 d 4 h"],
]) {
  test(`${ms} ms are said as "${said}", rounded down`, () => {
    assert.equal(timeLeft(ms, WORDS), said);
  });
}
