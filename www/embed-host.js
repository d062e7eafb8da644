/**
 * For pages that hold embed.html in frames: gives each frame the height that it reports.
 *
 *     <iframe src="https://covers.example/embed.html?origin=https://shop.example" title="…"></iframe>
 *     <script type="module" src="https://covers.example/embed-host.js"></script>
 */

const site = new URL('.', import.meta.url);

addEventListener('message', ({ data, origin, source }) => {
  if (data?.undercover !== 'height' || !Number.isFinite(data.detail)) return;
  for (const frame of document.querySelectorAll('iframe')) {
    // A sandboxed frame has no origin to check; that it is ours tells its address.
    const ours = frame.src.startsWith(`${site.href}embed.html`) && (origin === site.origin || origin === 'null');
    if (ours && frame.contentWindow === source) frame.style.height = `${data.detail}px`;
  }
});
