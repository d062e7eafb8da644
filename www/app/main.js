/** The page: wires what brings covers to what shows answers. */

import { LazyClassifier, wantedBackend } from './classifier.js';
import { create, element } from './dom.js';
import { currentLanguage, LANGUAGES, preferredLanguage, rememberLanguage, useLanguage } from './i18n.js';
import { listenToAddress } from './input/address.js';
import { listenToInput } from './input/choose.js';
import { listenToDrops } from './input/drop.js';
import { listenToPaste, listenToPasteButton } from './input/paste.js';
import { showSamples } from './input/samples.js';
import { takeShared } from './input/shared.js';
import { Stack } from './many/stack.js';
import { workOffline } from './offline.js';
import { Player } from './player.js';
import { Credits } from './view/credits.js';
import { Loading } from './view/loading.js';

const loading = new Loading();
const credits = new Credits();
const classifier = new LazyClassifier({
  backend: wantedBackend(),
  onProgress: (progress) => loading.show(progress),
  onBackends: (report) => credits.showReport(report),
});

await useLanguage(preferredLanguage());
const player = new Player(classifier, loading, credits);
// A cover out of the stack is looked at again, now with the map that the stack does not keep.
const stack = new Stack(classifier, ({ picture }) => player.play(picture));

/** @type {import('./pictures.js').OnPictures} */
const onPictures = (pictures) => (pictures.length === 1 ? player.play(pictures[0]) : stack.add(pictures));
/** @type {import('./pictures.js').OnTrouble} */
const onTrouble = (error) => player.complain(error);

for (const id of ['file', 'camera', 'folder']) listenToInput(element(id, HTMLInputElement), onPictures);
listenToDrops(onPictures, onTrouble);
listenToPaste(onPictures, onTrouble);
listenToPasteButton(element('paste', HTMLButtonElement), onPictures, onTrouble);
listenToAddress(element('address-form', HTMLFormElement), element('address', HTMLInputElement), onPictures);
showSamples(element('samples', HTMLUListElement), onPictures);
listenToLanguage(element('language', HTMLSelectElement));

// At once, so that the network is there when the first cover is; what is kept for later comes after it.
void player.load().then(workOffline);
void takeShared(onPictures, onTrouble);

/** @param {HTMLSelectElement} select */
function listenToLanguage(select) {
  select.append(...Object.entries(LANGUAGES).map(([tag, name]) => create('option', { value: tag, lang: tag, text: name })));
  select.value = currentLanguage();
  select.addEventListener('change', async () => {
    rememberLanguage(select.value);
    await useLanguage(select.value);
    player.refresh();
    stack.refresh();
  });
}
