/** The looks of what comes with an answer. */

export const ANSWER_STYLE = `
:host(:state(busy)) [part~='cover'] { cursor: progress; }
button[aria-disabled='true'] { opacity: 0.6; cursor: progress; }
[part~='panel']:has(> [part~='answer']:not([hidden]))::after { display: none; }
[part~='heat'] { pointer-events: none; }
[part~='again'] { align-self: start; min-block-size: 2rem; padding-inline: 0; border: 0; background: none; color: inherit;
  text-decoration: underline; }
[part~='verdict'] { display: flex; align-items: end; min-block-size: 2.2em; font: 700 1.3rem/1.1 var(--_font); text-wrap: balance; }
[part~='list'] { inline-size: 100%; margin: 0; border-collapse: collapse; table-layout: fixed; }
[part~='row'] { block-size: 1.7rem; }
th, td { padding: 0; text-align: start; font-weight: 400; }
th { inline-size: 42%; font-weight: 700; }
td:last-child { inline-size: 3.2rem; text-align: end; font-variant-numeric: tabular-nums; }
[part~='bar'] { display: block; block-size: 0.7rem; border-block: 1px solid var(--_line); }
[part~='bar'] span { display: block; block-size: 100%; background: var(--_accent); }
[part~='evidence'] { display: grid; grid-template-columns: auto 1fr; align-items: center; gap: 0.1rem 0.6rem; font-size: 0.9rem; }
[part~='where'] { grid-column: 1 / -1; min-block-size: 2.6em; }
[part~='evidence'] label { grid-column: 1 / -1; }
[part~='evidence'] select { min-inline-size: 0; min-block-size: 2rem; font: inherit; color: inherit; background: var(--_paper); }
[part~='evidence'] input { grid-column: 1 / -1; inline-size: 100%; margin: 0; accent-color: var(--_accent); }
@media (prefers-reduced-motion: no-preference) {
  [part~='bar'] span { transition: inline-size 500ms cubic-bezier(0.2, 0.8, 0.2, 1); }
}
@media (forced-colors: active) {
  [part~='bar'] span { forced-color-adjust: none; background: CanvasText; }
  button { border-color: ButtonText; }
}
`;
