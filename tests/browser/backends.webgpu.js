import { openBare, withApi } from './support/api.js';
import { choose, drop, expectAnswer, open, paste } from './support/page.js';
import { cover, file, testPattern } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { changeWorker } from './support/worker.js';

/** @typedef {import('@playwright/test').Page} Page */

/**
 * Devices differ in the order of additions and in fused multiplications, through some fifty layers: that moves a
 * logit in its third or fourth decimal. A wrong kernel moves it by whole units.
 */
const TOLERANCE = 0.01;

/** In milliseconds: on SwiftShader an answer takes seconds, the first one more. */
const PATIENCE = 90_000;

test('the GPU answers what is chosen, dropped and pasted', async ({ page }) => {
  await open(page, 'webgpu');
  await choose(page, file('chosen.png', cover(31)));
  await expectAnswer(page, 'chosen.png', 'webgpu', PATIENCE);
  await drop(page, [file('dropped.png', cover(32))]);
  await expectAnswer(page, 'dropped.png', 'webgpu', PATIENCE);
  await paste(page, [file('image.png', cover(33))]);
  await expectAnswer(page, 'the pasted picture', 'webgpu', PATIENCE);
});

test('GPU, browser CPU and the native CPU agree on the logits', async ({ page }) => {
  await openBare(page);
  const manifest = await (await page.request.get('./models/undercover/manifest.json')).json();
  const { cpu, webgpu } = await withApi(
    page,
    async ({ Undercover, files }) => {
      /** @param {'cpu' | 'webgpu'} backend */
      const answersOf = async (backend) => {
        const undercover = await Undercover.load({ backend });
        const answers = [];
        for (const file of files) answers.push(await undercover.classify(file));
        undercover.dispose();
        return answers.map(({ backend, logits }) => ({ backend, logits: [...logits] }));
      };
      return { cpu: await answersOf('cpu'), webgpu: await answersOf('webgpu') };
    },
    [testPattern(manifest.input.size), cover(34), cover(35, 777)],
  );
  cpu.forEach((answer, index) => {
    expect(answer.backend).toBe('cpu');
    expect(webgpu[index].backend).toBe('webgpu');
    expect(difference(answer.logits, webgpu[index].logits)).toBeLessThan(TOLERANCE);
  });
  expect(difference(cpu[0].logits, manifest.self_test.logits)).toBeLessThan(TOLERANCE);
  expect(difference(webgpu[0].logits, manifest.self_test.logits)).toBeLessThan(TOLERANCE);
});

test('the GPU tells where the evidence lies as the CPU does, from the same pass', async ({ page }) => {
  await openBare(page);
  const { cpu, webgpu } = await withApi(
    page,
    async ({ Undercover, files: [file] }) => {
      /** @param {'cpu' | 'webgpu'} backend */
      const answerOf = async (backend) => {
        const undercover = await Undercover.load({ backend });
        const plain = await undercover.classify(file);
        const { backend: by, logits, saliency } = await undercover.classify(file, { saliency: true });
        undercover.dispose();
        return { by, plain: [...plain.logits], logits: [...logits], saliency };
      };
      return { cpu: await answerOf('cpu'), webgpu: await answerOf('webgpu') };
    },
    [cover(40)],
  );
  expect([cpu.by, webgpu.by]).toEqual(['cpu', 'webgpu']);
  expect(difference(webgpu.logits, webgpu.plain)).toBeLessThan(TOLERANCE);
  const [wanted, found] = [cpu.saliency, webgpu.saliency];
  expect([found?.width, found?.height]).toEqual([6, 6]);
  expect(found?.maps.map(({ genre }) => genre)).toEqual(wanted?.maps.map(({ genre }) => genre));
  const mean = (/** @type {number[]} */ of) => of.reduce((sum, value) => sum + value, 0) / of.length;
  found?.maps.forEach(({ evidence }, index) => {
    // A place is one of 36 that a logit is the mean of: what rounding moves, it moves more.
    expect(difference(evidence, wanted?.maps[index].evidence ?? [])).toBeLessThan(10 * TOLERANCE);
    expect(mean(evidence)).toBeCloseTo(webgpu.logits[index] - mean(webgpu.logits), 2);
    expect(Math.max(...evidence) - Math.min(...evidence)).toBeGreaterThan(0.05);
  });
});

test('the CPU answers first and stays where the GPU is found to be slower, and the page says so', async ({ page }) => {
  await open(page);
  await choose(page, file('first.png', cover(36)));
  await expectAnswer(page, 'first.png', 'cpu');
  await expect(page.locator('#why')).toHaveAttribute('data-webgpu', 'slower', { timeout: PATIENCE });
  await expect(page.locator('#why')).toHaveText(/is slower here: [\d,]+ ms a picture; the processor takes \d+ ms/);
  await choose(page, file('second.png', cover(37)));
  await expectAnswer(page, 'second.png', 'cpu');
  // Its worker is given back.
  await expect.poll(() => page.workers().length).toBe(1);
});

test('a GPU that is faster takes over; lost in the middle of a batch, the rest is answered by the CPU', async ({ page }) => {
  await openBare(page);
  await preferGpu(page);
  const { first, then, logits } = await withApi(
    page,
    async ({ Undercover, files: [file] }) => {
      const undercover = await Undercover.load();
      const first = undercover.backend;
      await undercover.settled;
      const before = await undercover.classify(file);
      Object.assign(globalThis, { undercover, file });
      return { first, then: before.backend, logits: [...before.logits] };
    },
    [cover(38)],
  );
  expect(first).toBe('cpu');
  expect(then).toBe('webgpu');
  const pending = page.evaluate(async () => {
    const { undercover, file } = /** @type {any} */ (globalThis);
    /** @type {{backend: string, fallback: any, logits: number[]}[]} */
    const answers = [];
    Object.assign(globalThis, { answers });
    for await (const { answer } of undercover.classifyAll(Array(4).fill(file))) {
      answers.push({ ...answer, logits: [...answer.logits] });
    }
    return { answers, report: undercover.report };
  });
  await expect.poll(() => page.evaluate(() => /** @type {any} */ (globalThis).answers.length), { timeout: PATIENCE }).toBeGreaterThan(0);
  await (await gpuWorker(page)).evaluate(() => /** @type {any} */ (globalThis).deviceOfTest.destroy());
  const { answers, report } = await pending;
  expect(answers).toHaveLength(4);
  expect(answers[0].backend).toBe('webgpu');
  expect(answers[3].backend).toBe('cpu');
  expect(answers[3].fallback).toMatchObject({ backend: 'webgpu', code: expect.stringMatching(/^device-(lost|failed)$/) });
  for (const answer of answers) expect(difference(answer.logits, logits)).toBeLessThan(TOLERANCE);
  expect(report.webgpu.state).toBe('lost');
  expect(report.cpu.state).toBe('active');
});

test('a GPU that computes wrongly does not pass the self-test, and the CPU answers with the reason kept', async ({ page }) => {
  await openBare(page);
  // What is written to the GPU's memory arrives as zeros.
  await changeWorker(
    page,
    `const write = GPUQueue.prototype.writeBuffer;
     GPUQueue.prototype.writeBuffer = function (buffer, offset, data, start, size) {
       const length = size ?? data.byteLength - (start ?? 0);
       return write.call(this, buffer, offset, new Uint8Array(length));
     };`,
  );
  const { backend, fallback } = await answerOnceSettled(page, cover(39));
  expect(backend).toBe('cpu');
  expect(fallback).toMatchObject({ backend: 'webgpu' });
  expect(['self-test-failed', 'device-failed', 'panic']).toContain(fallback?.code);
});

test('an adapter without the limits that are asked for is done without, and whoever insists on it is told', async ({ page }) => {
  await openBare(page);
  await changeWorker(
    page,
    `GPUAdapter.prototype.requestDevice = async () => {
       throw new DOMException('a limit is not supported', 'OperationError');
     };`,
  );
  const { backend, fallback } = await answerOnceSettled(page, cover(41));
  const refused = await withApi(page, ({ Undercover }) =>
    Undercover.load({ backend: 'webgpu' }).then(() => 'loaded', ({ code }) => code),
  );
  expect(backend).toBe('cpu');
  expect(fallback).toMatchObject({ backend: 'webgpu', code: 'no-webgpu' });
  expect(refused).toBe('no-webgpu');
});

/**
 * Loads, waits until it is known who answers best, and asks.
 * @param {Page} page
 * @param {Buffer} picture
 */
function answerOnceSettled(page, picture) {
  return withApi(
    page,
    async ({ Undercover, files: [file] }) => {
      const undercover = await Undercover.load();
      await undercover.settled;
      const { backend, fallback } = await undercover.classify(file);
      undercover.dispose();
      return { backend, fallback };
    },
    [picture],
  );
}

/**
 * @param {number[]} some
 * @param {number[]} others
 */
function difference(some, others) {
  expect(some).toHaveLength(others.length);
  return Math.max(...some.map((value, index) => Math.abs(value - others[index])));
}

/**
 * Lets the CPU's clock run a thousand times as fast, so that the GPU is the faster one by measurement; and keeps the
 * GPU's device where the test can reach it.
 * @param {Page} page
 */
async function preferGpu(page) {
  await changeWorker(
    page,
    `if (name === 'undercover-cpu') {
       const now = performance.now.bind(performance);
       performance.now = () => 1000 * now();
     }
     const request = GPUAdapter.prototype.requestDevice;
     GPUAdapter.prototype.requestDevice = async function (...parameters) {
       return (globalThis.deviceOfTest = await request.apply(this, parameters));
     };`,
  );
}

/** @param {Page} page */
async function gpuWorker(page) {
  for (const worker of page.workers()) {
    if (await worker.evaluate(() => self.name === 'undercover-webgpu')) return worker;
  }
  throw new Error('there is no worker with a GPU');
}
