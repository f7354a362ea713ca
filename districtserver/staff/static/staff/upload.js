// A file that the server would refuse for its size is told before it is sent.
"use strict";
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.dataset.limit) return;
  const file = input.files[0];
  input.setCustomValidity(file && file.size > Number(input.dataset.limit) ? input.dataset.tooLarge : "");
  input.reportValidity();
});
