// Two conveniences. Every page does all that it does without them.
"use strict";

/** A button that is there only where it works. */
function button(text, classes, click) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = classes;
  made.textContent = text;
  made.addEventListener("click", () => click(made));
  return made;
}

for (const input of document.querySelectorAll('input[type="password"]')) {
  const reveal = button("Show password", "plain reveal", (self) => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    self.textContent = hidden ? "Hide password" : "Show password";
  });
  reveal.setAttribute("aria-controls", input.id);
  input.after(reveal);
  // No browser is to remember it as a text.
  input.form?.addEventListener("submit", () => { input.type = "password"; });
}

for (const secret of document.querySelectorAll("[data-copy]")) {
  secret.after(button("Copy", "quiet", async (self) => {
    try {
      await navigator.clipboard.writeText(secret.textContent.trim());
      self.textContent = "Copied";
    } catch {
      self.textContent = "Copying is not allowed here: select the text";
    }
  }));
}
