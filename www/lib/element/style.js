/** The element's looks, to be set by custom properties and parts. Its lines are a track list yet to be written. */

export const STYLE = `
:host {
  --_accent: var(--under-cover-accent, #e0452a);
  --_ink: var(--under-cover-ink, light-dark(#17120e, #f2e8d3));
  --_paper: var(--under-cover-paper, light-dark(#fbf6ea, #211b16));
  --_line: var(--under-cover-line, color-mix(in srgb, var(--_ink) 25%, transparent));
  --_radius: var(--under-cover-radius, 0px);
  --_font: var(--under-cover-font, 'Avenir Next Condensed', 'Helvetica Neue Condensed', 'Franklin Gothic Medium',
    'Arial Narrow', 'Roboto Condensed', 'DejaVu Sans Condensed', Arial, sans-serif);
  display: inline-block;
  inline-size: var(--under-cover-size, 18rem);
  max-inline-size: 100%;
  color: var(--_ink);
  font: 1rem/1.3 var(--_font);
  text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
*, ::slotted(*) { box-sizing: border-box; }
[part~='frame'] {
  display: block;
  overflow: hidden;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_paper);
}
[part~='cover'] {
  position: relative;
  aspect-ratio: 1;
  overflow: hidden;
  background:
    radial-gradient(circle, var(--_paper) 0 2.5%, var(--_accent) 2.8% 15%, transparent 15.4%),
    repeating-radial-gradient(circle at center, #16120f 0 3px, #2a2420 3.6px 4.4px);
}
[part~='cover'] > :not(slot), ::slotted(img) {
  position: absolute;
  inset: 0;
  display: block;
  inline-size: 100% !important;
  block-size: 100% !important;
  object-fit: cover;
}
[part~='panel'] {
  display: flex;
  flex-direction: column;
  justify-content: center;
  gap: 0.35rem;
  min-block-size: calc(var(--_rows) * 1.7rem + 7rem);
  padding: 0.6rem 0.75rem;
}
:host([saliency]) [part~='panel'] { min-block-size: calc(var(--_rows) * 1.7rem + 13.5rem); }
[part~='panel']::after {
  content: '';
  flex: 1;
  background: repeating-linear-gradient(transparent 0 1.6rem, var(--_line) 0 calc(1.6rem + 1px));
  opacity: 0.6;
}
button {
  min-block-size: 2.75rem;
  padding: 0.35rem 1rem;
  border: 2px solid var(--_ink);
  border-radius: var(--_radius);
  background: var(--_ink);
  color: var(--_paper);
  font: 700 1rem/1.1 var(--_font);
  cursor: pointer;
}
button:hover { background: transparent; color: var(--_ink); }
:focus-visible { outline: 3px solid var(--under-cover-focus, light-dark(#1a56c4, #8ab4ff)); outline-offset: 2px; }
[part~='hint'] { text-align: center; opacity: 0.8; }
[part~='status'] { margin: 0; min-block-size: 1.3em; font-size: 0.9rem; }
:host(:state(dragging)) [part~='frame'] { outline: 4px solid var(--_accent); }
`;
