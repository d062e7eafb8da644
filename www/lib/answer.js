/** The shapes of what is asked and answered. No code: types only. */

/** @typedef {'cpu' | 'webgpu'} BackendName */

/** @typedef {{genre: string, probability: number}} GenreProbability */

/** @typedef {{id: string, predictions: GenreProbability[]}} GenreSetAnswer */

/**
 * What is asked about a picture.
 * @typedef {object} Question
 * @property {string[]} [genres] answer for these genres only, as if there were no other
 * @property {number} [topK] at most this many predictions
 * @property {boolean} [saliency] whether to tell, from the same pass, where on the cover the evidence lies
 */

/**
 * What a module answers.
 * @typedef {object} NetworkAnswer
 * @property {GenreProbability[]} predictions best first: of the genres asked for, else of the first genre set
 * @property {GenreSetAnswer[]} sets of every genre set of the model
 * @property {Float32Array | number[]} logits in the order of the model's genres
 * @property {{prepare: number, network: number}} milliseconds
 * @property {Saliency} [saliency] if it was asked for, and the network has one
 */

/**
 * Where on the centre square of the cover the evidence lies: a map of `width` by `height` places for each genre of
 * the model. At each place, row by row from the top left, what it says for this genre against the others, in logits:
 * positive where it speaks for it.
 * @typedef {{width: number, height: number, maps: {genre: string, evidence: number[]}[]}} Saliency
 */

/**
 * Why a backend that was tried does not answer.
 * @typedef {{backend: BackendName, code: string, message: string}} Fallback
 */

/**
 * @typedef {object} AnswerOrigin
 * @property {BackendName} backend which one answered
 * @property {string} adapter the device in words
 * @property {string} modelVersion
 * @property {Fallback | null} fallback why it was not the other, if that was tried
 * @property {{prepare: number, network: number, total: number}} milliseconds `total` from the call to the answer
 */

/** @typedef {Omit<NetworkAnswer, 'milliseconds'> & AnswerOrigin} Answer */

export {};
