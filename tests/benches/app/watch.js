// Runs in a page before anything of its own does, and watches it: see `watch.rs`.
(() => {
  const bench = { ready: null, seen: null, long: [], typed: [], memory: null };
  window.__bench = bench;

  // What the page has of memory besides the JavaScript heap is its module's.
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await original.apply(WebAssembly, given);
      const offered = Object.values((made.instance ?? made).exports);
      bench.memory = offered.find((it) => it instanceof WebAssembly.Memory) ?? bench.memory;
      return made;
    };
  }

  // After the frame that is being made: it has been painted then.
  const painted = (then) => requestAnimationFrame(() => setTimeout(then));

  const ready = () => {
    const field = document.querySelector("#composer, #nickname");
    if (field && document.activeElement === field) {
      painted(() => (bench.ready = performance.now()));
    } else {
      requestAnimationFrame(ready);
    }
  };
  requestAnimationFrame(ready);

  new PerformanceObserver((list) => {
    bench.long.push(...list.getEntries().map((task) => task.duration));
  }).observe({ type: "longtask", buffered: true });

  addEventListener("input", () => {
    requestAnimationFrame(() => bench.typed.push(performance.timeOrigin + performance.now()));
  }, true);

  // Notes when (milliseconds since 1970) the last, or the first, element of a list that fits
  // has this text or this number, and has been painted.
  bench.look = (what) => {
    bench.seen = null;
    const all = () => document.querySelectorAll(what.of);
    const fits = (element) =>
      element !== undefined &&
      (what.text === undefined || element.textContent.includes(what.text)) &&
      (what.seq === undefined || element.dataset.seq === what.seq);
    const look = () => {
      const list = all();
      if (fits(what.first ? list[0] : list[list.length - 1])) {
        setTimeout(() => (bench.seen = performance.timeOrigin + performance.now()));
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
    return performance.timeOrigin + performance.now();
  };

  // Every node: elements, texts, comments.
  bench.nodes = () => {
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
    let count = 1;
    while (walker.nextNode()) count += 1;
    return count;
  };
})();
