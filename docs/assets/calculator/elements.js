// Elements of HTML and SVG: what they hold is text, and can never become markup.
"use strict";
(function (calculator) {
  const SVG = "http://www.w3.org/2000/svg";

  function filled(made, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  /** Return an element of HTML; an attribute that is null or false is left out. */
  const e = (name, attributes = {}, ...children) =>
    filled(document.createElement(name), attributes, children);

  /** Return an element of SVG. */
  const s = (name, attributes = {}, ...children) =>
    filled(document.createElementNS(SVG, name), attributes, children);

  Object.assign(calculator, { e, s });
})(window.stallproofCalculator);
