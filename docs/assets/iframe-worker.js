// Browsers start no worker from a file. There the worker of the search runs in a hidden frame instead.
// The name of this file keeps the theme from loading such a script from the network.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "Search";
      this.asked = new Promise((started) => {
        frame.addEventListener("load", () => {
          const inside = frame.contentWindow;
          // What the worker posts goes out; in a window it would come back to the worker itself.
          inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
          const script = inside.document.createElement("script");
          script.src = url;
          script.addEventListener("load", () => started(inside));
          inside.document.head.append(script);
        }, { once: true });
      });
      document.body.append(frame);
    }

    postMessage(data) {
      this.asked.then((inside) => inside.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
}
