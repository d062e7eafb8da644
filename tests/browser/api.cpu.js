import { openBare, withApi } from './support/api.js';
import { cover, png, testPattern } from './support/pictures.js';
import { expect, test } from './support/test.js';
import { changeWorker } from './support/worker.js';

/** A worker with this dies of the first picture, as one that runs out of memory would. */
const KILLER = "addEventListener('message', ({ data }) => { if (data.type === 'classify') throw new Error('killed'); });";

test.beforeEach(({ page }) => openBare(page));

test('progress is told in bytes, up to the size that the manifest announces', async ({ page }) => {
  // The weights may be there before the manifest tells their size: here they wait for it.
  await page.route('**/weights.bpk', async (route) => {
    await expect(page).toHaveTitle('size known');
    await route.continue();
  });
  const { events, bytes } = await withApi(page, async ({ Undercover }) => {
    /** @type {import('../../www/undercover.js').Progress[]} */
    const events = [];
    const onProgress = (/** @type {import('../../www/undercover.js').Progress} */ event) => {
      events.push(event);
      if (event.stage === 'model') document.title = 'size known';
    };
    const undercover = await Undercover.load({ backend: 'cpu', onProgress });
    undercover.dispose();
    return { events, bytes: undercover.manifest?.weights.bytes };
  });
  const model = events.filter(({ stage }) => stage === 'model');
  expect(model.length).toBeGreaterThan(2);
  expect(model.at(0)).toEqual({ stage: 'model', loaded: 0, total: bytes });
  expect(model.at(-1)).toEqual({ stage: 'model', loaded: bytes, total: bytes });
  expect(model.map(({ loaded }) => loaded)).toEqual(model.map(({ loaded }) => loaded).toSorted((a, b) => a - b));
  expect(events.filter(({ stage }) => stage === 'cpu').at(-1)?.loaded).toBeGreaterThan(500_000);
  expect(events.some(({ stage }) => stage === 'webgpu')).toBe(false);
});

test('every kind of source gives the same answer as the file', async ({ page }) => {
  const logits = await withApi(
    page,
    async ({ Undercover, files: [file] }) => {
      const undercover = await Undercover.load({ backend: 'cpu' });
      const bytes = await file.arrayBuffer();
      const bitmap = await createImageBitmap(file);
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(bitmap, 0, 0);
      const offscreen = new OffscreenCanvas(bitmap.width, bitmap.height);
      offscreen.getContext('2d')?.drawImage(bitmap, 0, 0);
      const image = new Image();
      image.src = canvas.toDataURL('image/png');
      const padded = new Uint8Array(bytes.byteLength + 20);
      padded.set(new Uint8Array(bytes), 10);
      const sources = {
        file,
        blob: new Blob([bytes]),
        buffer: bytes,
        view: padded.subarray(10, 10 + bytes.byteLength),
        dataUrl: image.src,
        image,
        canvas,
        offscreen,
        bitmap,
        imageData: context.getImageData(0, 0, canvas.width, canvas.height),
      };
      /** @type {Record<string, number[]>} */
      const logits = {};
      for (const [kind, source] of Object.entries(sources)) {
        logits[kind] = [...(await undercover.classify(source)).logits];
      }
      undercover.dispose();
      return logits;
    },
    [cover(11)],
  );
  expect(Object.keys(logits)).toHaveLength(10);
  for (const [kind, of] of Object.entries(logits)) expect(of, kind).toEqual(logits.file);
});

test('the address of a picture is a source, and so is an image element with one', async ({ page }) => {
  const [fromAddress, fromImage, other] = await withApi(page, async ({ Undercover }) => {
    const undercover = await Undercover.load({ backend: 'cpu' });
    const image = new Image();
    image.src = 'samples/quintet.webp';
    await image.decode();
    const answers = [await undercover.classify('samples/quintet.webp'), await undercover.classify(image)];
    answers.push(await undercover.classify(new URL('samples/cinderhelm.webp', document.baseURI)));
    undercover.dispose();
    return answers.map(({ logits }) => [...logits]);
  });
  expect(fromImage).toEqual(fromAddress);
  expect(other).not.toEqual(fromAddress);
});

test('an answer has the genres asked for, as many as asked for, and tells who answered', async ({ page }) => {
  const { answer, few } = await withApi(
    page,
    async ({ Undercover, files: [file] }) => {
      const undercover = await Undercover.load({ backend: 'cpu' });
      const answer = await undercover.classify(file);
      const few = await undercover.classify(file, { genres: ['jazz', 'metal', 'folk'], topK: 2 });
      undercover.dispose();
      return { answer, few };
    },
    [cover(12)],
  );
  expect(answer.predictions).toHaveLength(10);
  expect(answer.predictions).toEqual(answer.sets[0].predictions);
  expect(answer.sets.map(({ predictions }) => predictions.length)).toEqual([10, 3, 3]);
  for (const { predictions } of answer.sets) {
    expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  }
  expect(answer).toMatchObject({ backend: 'cpu', fallback: null });
  expect(answer.modelVersion).not.toBe('');
  expect(answer.milliseconds.total).toBeGreaterThanOrEqual(answer.milliseconds.network);
  expect(few.predictions).toHaveLength(2);
  expect(['jazz', 'metal', 'folk']).toContain(few.predictions[0].genre);
});

test('errors have stable codes', async ({ page }) => {
  const codes = await withApi(
    page,
    async ({ Undercover, files: [file, dot] }) => {
      const undercover = await Undercover.load({ backend: 'cpu' });
      const canvas = new OffscreenCanvas(0, 0);
      /** @type {(() => Promise<unknown>)[]} */
      const wrong = [
        () => undercover.classify(new Blob([])),
        () => undercover.classify(new Blob(['no picture'])),
        () => undercover.classify(dot),
        () => undercover.classify(canvas),
        () => undercover.classify(/** @type {any} */ ({ a: 1 })),
        () => undercover.classify('ftp://example.org/a.png'),
        () => undercover.classify('samples/none.webp'),
        () => undercover.classify(new Blob([new Uint8Array(65 << 20)])),
        () => undercover.classify(file, { genres: ['jazz', 'polka'] }),
        () => undercover.classify(file, { topK: 0 }),
        () => Undercover.load({ backend: /** @type {any} */ ('abacus') }),
        () => Undercover.load({ backend: 'webgpu' }),
        () => Undercover.load({ backend: 'cpu', model: 'samples/' }),
      ];
      const codes = [];
      for (const call of wrong) codes.push(await call().then(() => 'none', ({ code }) => code));
      const stillWorks = await undercover.classify(file);
      undercover.dispose();
      codes.push(await undercover.classify(file).then(() => 'none', ({ code }) => code));
      return { codes, stillWorks: stillWorks.predictions.length };
    },
    [cover(13), png(2, 2, () => [0, 0, 0])],
  );
  expect(codes.stillWorks).toBe(10);
  expect(codes.codes).toEqual([
    'empty',
    'unknown-format',
    'too-small',
    'empty',
    'source',
    'address-invalid',
    'address-status',
    'file-too-large',
    'unknown-genre',
    'bad-options',
    'backend',
    'no-webgpu',
    'model-status',
    'disposed',
  ]);
});

test('a bundle that is cut off, changed or of another format is refused by its own code', async ({ page }) => {
  /** @param {(manifest: any) => void} change */
  const changeManifest = async (change) => {
    await page.unroute('**/models/undercover/manifest.json');
    await page.route('**/models/undercover/manifest.json', async (route) => {
      const response = await route.fetch();
      const manifest = await response.json();
      change(manifest);
      await route.fulfill({ response, json: manifest });
    });
  };
  const load = () =>
    withApi(page, ({ Undercover }) => Undercover.load({ backend: 'cpu' }).then(() => 'none', ({ code }) => code));
  await changeManifest((manifest) => (manifest.weights.sha256 = '0'.repeat(64)));
  expect(await load()).toBe('bundle-sha256');
  await changeManifest((manifest) => (manifest.format = 99));
  expect(await load()).toBe('bundle-version');
  await changeManifest((manifest) => (manifest.weights.bytes += 1));
  expect(await load()).toBe('bundle-size');
  await changeManifest((manifest) => (manifest.self_test.logits[0] += 5));
  expect(await load()).toBe('self-test-failed');
  await page.unroute('**/models/undercover/manifest.json');
  await page.route('**/models/undercover/manifest.json', (route) => route.fulfill({ body: '<!doctype html>' }));
  expect(await load()).toBe('bundle-manifest');
  await page.unroute('**/models/undercover/manifest.json');
  expect(await load()).toBe('none');
});

test('weights of another name are found by the manifest', async ({ page }) => {
  await page.route('**/models/undercover/manifest.json', async (route) => {
    const response = await route.fetch();
    const manifest = await response.json();
    manifest.weights.file = 'others.bpk';
    await route.fulfill({ response, json: manifest });
  });
  const weights = await page.request.get('./models/undercover/weights.bpk');
  await page.route('**/others.bpk', async (route) => route.fulfill({ body: await weights.body() }));
  const backend = await withApi(page, async ({ Undercover, files: [file] }) => {
    const undercover = await Undercover.load({ backend: 'cpu' });
    const { backend } = await undercover.classify(file);
    undercover.dispose();
    return backend;
  }, [cover(27)]);
  expect(backend).toBe('cpu');
});

test('where the browser computes no digest, as on a page that is not secure, the program does', async ({ page }) => {
  await changeWorker(page, "Object.defineProperty(crypto, 'subtle', { value: undefined });");
  const load = () =>
    withApi(page, ({ Undercover }) => Undercover.load({ backend: 'cpu' }).then((undercover) => undercover.dispose(), ({ code }) => code));
  expect(await load()).toBeUndefined();
  await page.route('**/weights.bpk', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length - 1000] ^= 1;
    await route.fulfill({ response, body });
  });
  expect(await load()).toBe('bundle-sha256');
});

test('of many requests at once each is answered exactly once, in their order, and an aborted one not at all', async ({ page }) => {
  const { settled, order, entries } = await withApi(
    page,
    async ({ Undercover, files }) => {
      const undercover = await Undercover.load({ backend: 'cpu' });
      const abort = new AbortController();
      /** @type {number[]} */
      const order = [];
      const calls = files.map((file, index) => {
        const signal = index === 2 || index === 3 ? abort.signal : undefined;
        return undercover.classify(file, { signal }).then(({ logits }) => {
          order.push(index);
          return logits[0];
        });
      });
      abort.abort();
      const settled = (await Promise.allSettled(calls)).map((result) =>
        result.status === 'fulfilled' ? 'answer' : result.reason.name,
      );
      const entries = (await undercover.classify([files[0], new Blob(['x']), files[1]])).map((entry) =>
        'answer' in entry ? entry.answer.predictions.length : /** @type {any} */ (entry.error).code,
      );
      undercover.dispose();
      return { settled, order, entries };
    },
    [cover(14), cover(15), cover(16), cover(17), cover(18)],
  );
  expect(settled).toEqual(['answer', 'answer', 'AbortError', 'AbortError', 'answer']);
  expect(order).toEqual([0, 1, 4]);
  expect(entries).toEqual([10, 'unknown-format', 10]);
});

test('loading can be aborted, and what waits when it is disposed of is rejected', async ({ page }) => {
  const result = await withApi(
    page,
    async ({ Undercover, files }) => {
      const abort = new AbortController();
      const loading = Undercover.load({ backend: 'cpu', signal: abort.signal });
      setTimeout(() => abort.abort(), 20);
      const aborted = await loading.then(() => 'none', ({ name }) => name);
      const undercover = await Undercover.load({ backend: 'cpu' });
      const calls = files.map((file) => undercover.classify(file).then(() => 'none', ({ code }) => code));
      await new Promise((resolve) => setTimeout(resolve, 10));
      undercover.dispose();
      return { aborted, disposed: await Promise.all(calls) };
    },
    [cover(19), cover(20)],
  );
  expect(result).toEqual({ aborted: 'AbortError', disposed: ['disposed', 'disposed'] });
});

test('after it was disposed of every call is refused by its code, and starts nothing', async ({ page }) => {
  const { codes, again } = await withApi(
    page,
    async ({ Undercover, files: [file] }) => {
      // On `auto`, while what a GPU would be measured by is on its way.
      const undercover = await Undercover.load();
      undercover.dispose();
      undercover.dispose();
      /** @type {Record<string, string>} */
      const codes = {};
      const note = (/** @type {string} */ call, /** @type {unknown} */ error) => (codes[call] = error instanceof Error && 'code' in error ? String(error.code) : String(error));
      await undercover.classify(file).catch((error) => note('one', error));
      await undercover.classify('samples/quintet.webp').catch((error) => note('an address', error));
      await undercover.classify(file, { genres: ['polka'], saliency: true }).catch((error) => note('with a question', error));
      for (const entry of await undercover.classify([file, new Blob([])])) {
        note(`${entry.index} of two`, 'error' in entry ? entry.error : 'an answer');
      }
      for await (const entry of undercover.classifyAll([file])) note('in a loop', 'error' in entry ? entry.error : 'an answer');
      await undercover.classify(file, { signal: AbortSignal.abort('given up') }).catch((error) => note('aborted', error));
      await undercover.settled;
      // Another one is not touched by it.
      const another = await Undercover.load({ backend: 'cpu' });
      const { backend: again } = await another.classify(file);
      another.dispose();
      return { codes, again };
    },
    [cover(28)],
  );
  expect(codes).toEqual({
    one: 'disposed',
    'an address': 'disposed',
    'with a question': 'disposed',
    '0 of two': 'disposed',
    '1 of two': 'disposed',
    'in a loop': 'disposed',
    aborted: 'given up',
  });
  expect(again).toBe('cpu');
  await expect.poll(() => page.workers().length).toBe(0);
});

test('a worker that is killed at work is replaced, and its request is answered', async ({ page }) => {
  const workers = await changeWorker(page, (nth) => (nth === 1 ? KILLER : ''));
  const { first, second, states } = await withApi(
    page,
    async ({ Undercover, files: [file] }) => {
      /** @type {string[]} */
      const states = [];
      const undercover = await Undercover.load({ backend: 'cpu', onBackends: ({ cpu }) => states.push(cpu.state) });
      const calls = [undercover.classify(file), undercover.classify(file)];
      const [first, second] = (await Promise.all(calls)).map(({ logits }) => [...logits]);
      undercover.dispose();
      return { first, second, states };
    },
    [cover(21)],
  );
  expect(workers()).toBe(2);
  expect(second).toEqual(first);
  expect(states).toContain('lost');
  expect(states.at(-1)).toBe('active');
});

test('a picture that kills every worker is answered with the error, and the next one is answered', async ({ page }) => {
  // Whatever worker is given a picture of this many bytes dies of it.
  const deadly = cover(22);
  await changeWorker(
    page,
    `addEventListener('message', ({ data }) => {
       if (data.type === 'classify' && data.picture.size === ${deadly.length}) throw new Error('killed');
     });`,
  );
  const result = await withApi(
    page,
    async ({ Undercover, files }) => {
      const undercover = await Undercover.load({ backend: 'cpu' });
      const calls = files.map((file) => undercover.classify(file).then(({ backend }) => backend, ({ code }) => code));
      const answers = await Promise.all(calls);
      undercover.dispose();
      return answers;
    },
    [deadly, cover(23, 200)],
  );
  expect(result).toEqual(['crashed', 'cpu']);
});

test('when no backend is left, whoever asks is told', async ({ page }) => {
  // The second one does not even start.
  await changeWorker(page, (nth) => (nth === 1 ? KILLER : "throw new Error('never starts');"));
  const codes = await withApi(
    page,
    async ({ Undercover, files: [file] }) => {
      const undercover = await Undercover.load({ backend: 'cpu' });
      const ask = () => undercover.classify(file).then(() => 'none', ({ code }) => code);
      return [await ask(), await ask()];
    },
    [cover(24)],
  );
  expect(codes).toEqual(['crashed', 'crashed']);
});

for (const [browser, modules] of /** @type {const} */ ([
  ['with relaxed SIMD', 'cpu-relaxed'],
  ['that does not get the relaxed module', 'cpu'],
])) {
  test(`the program in a browser ${browser} computes what the native one computed for the model`, async ({ page }) => {
    // The known answers of the bundle were computed natively. The picture is of the network's own size, so that every
    // pixel arrives as it is; what is left is the order and the rounding of additions, which moves a logit in its
    // fifth decimal.
    const manifest = await (await page.request.get('./models/undercover/manifest.json')).json();
    if (modules === 'cpu') await page.route('**/pkg/cpu-relaxed/**', (route) => route.abort());
    const loaded = page.waitForResponse(`**/pkg/${modules}/undercover_bg.wasm`);
    // A relaxed module that does not start is replaced by the plain one, which is no failure of the page's, but of the module.
    const plain = page.waitForRequest('**/pkg/cpu/**', { timeout: 0 }).then(() => 'fetched', () => 'not fetched');
    const logits = await withApi(
      page,
      async ({ Undercover, files: [file] }) => {
        const undercover = await Undercover.load({ backend: 'cpu' });
        const { logits } = await undercover.classify(file);
        undercover.dispose();
        return [...logits];
      },
      [testPattern(manifest.input.size)],
    );
    expect((await loaded).ok()).toBe(true);
    expect(await Promise.race([plain, 'not fetched'])).toBe(modules === 'cpu' ? 'fetched' : 'not fetched');
    expect(logits).toHaveLength(manifest.self_test.logits.length);
    logits.forEach((logit, index) => expect(logit).toBeCloseTo(manifest.self_test.logits[index], 3));
  });
}
