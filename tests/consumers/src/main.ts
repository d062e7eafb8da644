import { Undercover, UndercoverError, type Answer, type Entry, type Progress } from 'undercover-covers';
import { annotate } from 'undercover-covers/annotate';
import { UnderCoverElement } from 'undercover-covers/element';

const out = document.querySelector('#out')!;
const abort = new AbortController();
const stages = new Set<Progress['stage']>();

const undercover = await Undercover.load({
  base: 'undercover/',
  backend: 'cpu',
  signal: abort.signal,
  onProgress: ({ stage, loaded, total }) => void (loaded <= (total ?? Infinity) && stages.add(stage)),
});
const answer: Answer = await undercover.classify('cover.png', { topK: 2, saliency: true, signal: abort.signal });
const codes: string[] = [];
for await (const entry of undercover.classifyAll(['cover.png', new Blob(['no picture'])])) codes.push(say(entry));
undercover.dispose();

const element = document.querySelector('under-cover')!;
element.addEventListener('undercover-prediction', ({ detail }) => (element.title = detail.predictions[0].genre));
const annotation = annotate([], { base: 'undercover/', least: 0.5, badge: ({ predictions }) => predictions[0].genre });
annotation.stop();

out.textContent = JSON.stringify({
  genres: answer.predictions.length,
  places: answer.saliency?.maps[0].evidence.length,
  stages: [...stages].sort(),
  codes,
  upgraded: element instanceof UnderCoverElement,
});

function say(entry: Entry): string {
  if ('answer' in entry) return entry.answer.backend;
  return entry.error instanceof UndercoverError ? entry.error.code : String(entry.error);
}

// @ts-expect-error: there is no such backend, and the types say so.
void (() => Undercover.load({ backend: 'abacus' }));
