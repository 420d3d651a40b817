// Finds the number whose SHA-256 after the salt is the one asked for. A library, not crypto.subtle: that one is missing
// on pages without TLS, and slower for so many short texts.
self.addEventListener("message", ({ data }) => {
  importScripts(data.hash);
  const began = Date.now();
  for (let number = 0; number <= data.max_number; number += 1) {
    if (self.sha256(data.salt + number) === data.challenge) {
      self.postMessage({ number, took: Date.now() - began });
      return;
    }
  }
  self.postMessage({ number: null });
});
