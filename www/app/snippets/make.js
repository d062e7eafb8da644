/** What a site owner copies. */

/** @typedef {'element' | 'frame' | 'annotate' | 'api'} Kind */

/**
 * @typedef {object} Choice
 * @property {Kind} kind
 * @property {string} site where the program lies, with a slash at its end
 * @property {string} cover the address of a cover; none lets the visitor choose one
 * @property {string[]} genres
 * @property {number} topK
 * @property {string} lang of the texts; that of the page if empty
 * @property {'auto' | 'cpu' | 'webgpu'} backend
 * @property {boolean} saliency
 * @property {boolean} eager
 * @property {string} origin of the page that holds the frame
 * @property {string} selector of the covers that get badges
 */

/**
 * The attributes of the element, which are the parameters of the frame as well.
 * @param {Choice} choice
 * @returns {[string, string][]}
 */
export function attributesOf({ cover, genres, topK, lang, backend, saliency, eager }) {
  /** @type {[string, string][]} */
  const attributes = [
    ['src', cover],
    ['genres', genres.join(' ')],
    ['top-k', topK === 3 ? '' : String(topK)],
    ['lang', lang],
    ['backend', backend === 'auto' ? '' : backend],
    ['loading', eager ? 'eager' : ''],
  ];
  return attributes.filter(([, value]) => value).concat(saliency ? [['saliency', '']] : []);
}

/** @param {Choice} choice */
export function frameAddress(choice) {
  const address = new URL('embed.html', choice.site);
  for (const [name, value] of attributesOf(choice)) address.searchParams.set(name, value);
  if (choice.origin) address.searchParams.set('origin', choice.origin);
  return address.href;
}

/** @type {Record<Kind, (choice: Choice) => string>} */
const MAKERS = {
  element: (choice) => {
    const attributes = attributesOf(choice).map(([name, value]) => (value ? ` ${name}="${escape(value)}"` : ` ${name}`));
    const image = choice.cover ? `\n  <img src="${escape(choice.cover)}" alt="">\n` : '';
    return `${script(choice, 'under-cover.js')}\n<under-cover${attributes.join('')}>${image}</under-cover>`;
  },

  frame: (choice) =>
    `<iframe src="${escape(frameAddress(choice))}"\n  title="Undercover" width="320" height="520" style="border: 0"\n` +
    `  sandbox="allow-scripts" allow="clipboard-read"></iframe>\n${script(choice, 'embed-host.js')}`,

  annotate: (choice) =>
    `<script type="module">\n  import { annotate } from '${choice.site}annotate.js';\n` +
    `  annotate(${JSON.stringify(choice.selector)}${options(choice, ['genres', 'backend', 'lang'])});\n</script>`,

  api: (choice) =>
    `<script type="module">\n  import { Undercover } from '${choice.site}undercover.js';\n` +
    `  const undercover = await Undercover.load(${options(choice, ['backend'], '')});\n` +
    `  const answer = await undercover.classify(${JSON.stringify(choice.cover || 'cover.jpg')}${options(choice, ['genres', 'topK', 'saliency'])});\n` +
    `  console.log(answer.backend, answer.predictions);\n</script>`,
};

/** @param {Choice} choice */
export function makeSnippet(choice) {
  return MAKERS[choice.kind](choice);
}

/**
 * The policy that a page with a policy of its own has to add to.
 * @param {Choice} choice
 */
export function makePolicy({ kind, site }) {
  const { origin } = new URL(site);
  if (kind === 'frame') return `script-src ${origin}; frame-src ${origin}`;
  return `script-src ${origin} 'wasm-unsafe-eval'; worker-src blob:; connect-src ${origin}`;
}

/**
 * @param {Choice} choice
 * @param {string} file
 */
function script({ site }, file) {
  return `<script type="module" src="${escape(site + file)}"></script>`;
}

/**
 * As the last argument of a call, without what is as it is anyway.
 * @param {Choice} choice
 * @param {('genres' | 'backend' | 'lang' | 'topK' | 'saliency')[]} names
 * @param {string} [separator]
 */
function options(choice, names, separator = ', ') {
  const usual = { genres: '[]', backend: '"auto"', lang: '""', topK: '10', saliency: 'false' };
  const given = names
    .map((name) => /** @type {const} */ ([name, JSON.stringify(choice[name])]))
    .filter(([name, value]) => value !== usual[name]);
  return given.length ? `${separator}{ ${given.map(([name, value]) => `${name}: ${value}`).join(', ')} }` : '';
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
