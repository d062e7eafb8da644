/**
 * The few words of the element before anything of it is loaded, in every language: they are there at once.
 * All that it says later is in the language's own file.
 */

/** @type {Record<string, {ask: string, choose: string, dropped: string}>} */
export const FACADE = {
  en: { ask: 'What does it sound like?', choose: 'Choose a cover', dropped: 'or drop one here' },
  de: { ask: 'Wie mag das klingen?', choose: 'Cover auswählen', dropped: 'oder hier ablegen' },
  es: { ask: '¿A qué suena?', choose: 'Elegir una portada', dropped: 'o soltarla aquí' },
  fr: { ask: 'Quel son a-t-il ?', choose: 'Choisir une pochette', dropped: 'ou la déposer ici' },
  ja: { ask: 'どんな音がする？', choose: 'ジャケットを選ぶ', dropped: 'またはここにドロップ' },
};
