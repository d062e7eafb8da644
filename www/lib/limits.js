/** Most bytes of a picture file. The same as `MAX_BYTES` in src/cover: refused here before it is read into memory. */
export const MAX_PICTURE_BYTES = 64 * 1024 * 1024;

/** Longest a backend may take over one picture before it is given up, in milliseconds: a hung GPU never answers. */
export const ANSWER_TIMEOUT = 60_000;

/** Longest that a download of the model may stand still, in milliseconds: a connection that has died may never say so. */
export const STALL_TIMEOUT = 60_000;

/**
 * Longest a backend may take from the arrival of the model, or of the last part of its program, to being ready, in
 * milliseconds: shaders compile meanwhile.
 */
export const START_TIMEOUT = 180_000;
