// Filters the failures by kind and by words. Without it they are all there.
(() => {
  const form = document.querySelector(".filter");
  if (!form) return;
  const search = form.querySelector("input");
  const chips = [...form.querySelectorAll("button")];
  const told = form.querySelector("output");
  const cases = [...document.querySelectorAll(".failures > details")];
  const texts = new Map();
  const textOf = (each) => {
    if (!texts.has(each)) texts.set(each, each.textContent.toLowerCase());
    return texts.get(each);
  };
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kinds = chips.filter((chip) => chip.ariaPressed === "true").map((chip) => chip.dataset.kind);
    let shown = 0;
    for (const each of cases) {
      const fits = (!kinds.length || kinds.includes(each.dataset.kind)) && words.every((word) => textOf(each).includes(word));
      each.hidden = !fits;
      shown += fits;
    }
    told.textContent = `${shown.toLocaleString("en")} of ${cases.length.toLocaleString("en")}`;
  };
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.ariaPressed = chip.ariaPressed === "true" ? "false" : "true";
      apply();
    });
  }
  search.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
})();
