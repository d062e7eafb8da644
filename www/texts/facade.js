/**
 * The few words of the element before anything of it is loaded, in every language: they are there at once.
 * All that it says later is in the language's own file.
 */

/** @type {Record<string, {ask: string, choose: string, dropped: string, failed: string}>} */
export const FACADE = {
  en: {
    ask: 'What does it sound like?',
    choose: 'Choose a cover',
    dropped: 'or drop one here',
    failed: 'This could not be loaded. Please try again.',
  },
  de: {
    ask: 'Wie mag das klingen?',
    choose: 'Cover auswählen',
    dropped: 'oder hier ablegen',
    failed: 'Das ließ sich nicht laden. Bitte versuche es noch einmal.',
  },
  es: {
    ask: '¿A qué suena?',
    choose: 'Elegir una portada',
    dropped: 'o soltarla aquí',
    failed: 'No se ha podido cargar. Inténtalo de nuevo.',
  },
  fr: {
    ask: 'Quel son a-t-il ?',
    choose: 'Choisir une pochette',
    dropped: 'ou la déposer ici',
    failed: 'Le chargement a échoué. Réessayez.',
  },
  ja: {
    ask: 'どんな音がする？',
    choose: 'ジャケットを選ぶ',
    dropped: 'またはここにドロップ',
    failed: '読み込めませんでした。もう一度お試しください。',
  },
};
