import { useState } from 'react';
import { createRoot } from 'react-dom/client';

import 'undercover-covers/element';
import type {} from 'undercover-covers/react';

/** A cover whose genre the component knows once its visitor has asked. */
function Cover({ src }: { src: string }) {
  const [genre, setGenre] = useState('nothing yet');
  return (
    <figure>
      <under-cover
        src={src}
        base="undercover/"
        backend="cpu"
        genres={['jazz', 'metal', 'pop']}
        topK={2}
        onundercover-prediction={({ detail }) => setGenre(detail.predictions[0].genre)}
      />
      <figcaption>{genre}</figcaption>
    </figure>
  );
}

function App() {
  const [shown, setShown] = useState(true);
  return (
    <>
      {shown && <Cover src="cover.png" />}
      <button onClick={() => setShown(false)}>Take it off</button>
    </>
  );
}

createRoot(document.querySelector('#root')!).render(<App />);
