import assert from "node:assert/strict";
import { test } from "node:test";
import { bins, percentile, summary } from "../../../python/sojourn/dashboard/page/view/timeline/histogram.js";
import * as scales from "../../../python/sojourn/dashboard/page/view/timeline/scale.js";
import { elapsed, stepOf, ticks } from "../../../python/sojourn/dashboard/page/view/timeline/tick.js";

const scale = { from: 1000, to: 1100, width: 500 };

test("a place and its time belong together", () => {
  assert.equal(scales.pixelOf(scale, 1050), 250);
  assert.equal(scales.timeOf(scale, 250), 1050);
});

test("what is pointed at stays where it is, however near or far", () => {
  for (const factor of [0.5, 2, 1e-9, 1e12]) {
    const zoomed = scales.zoomed(scale, factor, 1025);
    assert.ok(Math.abs(scales.pixelOf(zoomed, 1025) - 125) < 1e-3, `factor ${factor}`);
  }
  assert.ok(Math.abs(scales.span(scales.zoomed(scale, 1e-12, 1050)) - scales.SHORTEST_S) < 1e-9);
  assert.equal(scales.span(scales.zoomed(scale, 1e12, 1050)), scales.LONGEST_S);
});

test("time goes along with what is dragged", () => {
  assert.deepEqual(scales.panned(scale, 50), { from: 1010, to: 1110, width: 500 });
  assert.deepEqual(scales.endingAt(scale, 2000), { from: 1900, to: 2000, width: 500 });
  assert.deepEqual(scales.showing(scale, 30, 20), { from: 20, to: 30, width: 500 });
  const point = scales.showing(scale, 30, 30);
  assert.ok(Math.abs(scales.span(point) - scales.SHORTEST_S) < 1e-12);
});

test("the first that is not before a time", () => {
  const list = [1, 2, 2, 5].map((at) => ({ at }));
  assert.deepEqual(
    [0, 1, 2, 3, 5, 6].map((at) => scales.firstNotBefore(list, at)),
    [0, 0, 1, 3, 3, 4],
  );
  assert.equal(scales.firstNotBefore([], 1), 0);
});

test("ticks are at round times of the wall's clock, and as many as have room", () => {
  const noon = Date.UTC(2026, 5, 1, 12) / 1000;
  const found = ticks(noon - 100, noon + 100, 8, "en", 0);
  assert.deepEqual(
    found.map((tick) => tick.at - noon),
    [-90, -60, -30, 0, 30, 60, 90],
  );
  const east = 5.5 * 3600;
  const days = ticks(noon - 86_400, noon + 86_400, 10, "en", east);
  assert.ok(days.every((tick) => (tick.at + east) % (6 * 3600) === 0));
  assert.equal(days.filter((tick) => tick.day).length, 2);
  for (const [from, to] of [
    [0, 1e-3],
    [1.7e9, 1.7e9 + 1e-3],
    [0, 3e8],
  ]) {
    const list = ticks(Number(from), Number(to), 7, "de", 0);
    assert.ok(list.length > 0 && list.length <= 8, `${list.length} from ${from} to ${to}`);
    assert.ok(list.every((tick) => tick.at >= Number(from) && tick.at <= Number(to) && tick.label !== ""));
  }
});

test("steps are those of a clock", () => {
  assert.deepEqual(
    [stepOf(1, 10), stepOf(100, 10), stepOf(86_400, 10), stepOf(1e12, 10)],
    [0.1, 10, 3 * 3600, 3650 * 86_400],
  );
});

test("times of a model count from its beginning", () => {
  assert.deepEqual(
    [elapsed(12.5, 0.5), elapsed(125, 5), elapsed(3605, 5), elapsed(62.25, 0.05), elapsed(-3, 1)],
    ["12.5 s", "2:05", "1:00:05", "1:02.25", "−3 s"],
  );
});

test("percentiles are values that there are", () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.deepEqual(
    [0, 50, 90, 99, 100].map((share) => percentile(values, share)),
    [1, 50, 90, 99, 100],
  );
  assert.equal(percentile([7], 50), 7);
  assert.ok(Number.isNaN(percentile([], 50)));
});

test("bins of a histogram hold each value once, with the empty ones between", () => {
  const found = bins([0, 1, 1.5, 2, 4.99, 9, 10, 40]);
  assert.deepEqual(found[0], { from: 0, to: 0.02, count: 1 });
  assert.deepEqual(
    found.filter((bin) => bin.count > 0),
    [
      { from: 0, to: 0.02, count: 1 },
      { from: 1, to: 2, count: 2 },
      { from: 2, to: 5, count: 2 },
      { from: 5, to: 10, count: 1 },
      { from: 10, to: 20, count: 1 },
      { from: 20, to: 50, count: 1 },
    ],
  );
  for (const [index, bin] of found.entries()) {
    assert.equal(bin.from, found[index - 1]?.to ?? 0);
  }
  assert.deepEqual(bins([]), []);
});

test("a value on a bound is in the bin above, at any size", () => {
  for (const value of [0.02, 0.05, 0.1, 0.2, 1, 5, 100, 1000, 2e6]) {
    assert.equal(bins([value])[0]?.from, value);
  }
});

test("what values come to", () => {
  assert.equal(summary([]), undefined);
  assert.deepEqual(summary([3, 1, 2, 4]), { count: 4, least: 1, p50: 2, p90: 4, p99: 4, most: 4, mean: 2.5 });
});
