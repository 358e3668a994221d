/** Placeholders of saved replies, as a preview fills them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { filled, inserted, unknownIn } from "../../web/app/placeholders.js";

test("a placeholder is filled, or by what stands for none", () => {
  assert.equal(filled("Hello {{ customer.first_name }}", { "customer.first_name": "Nora" }), "Hello Nora");
  assert.equal(filled("Hello {{customer.first_name|there}}", {}), "Hello there");
  assert.equal(filled("Hello {{customer.name}}!", {}), "Hello !");
});

test("what comes in is not read again, and what means nothing stays", () => {
  assert.equal(filled("{{customer.name}}", { "customer.name": "{{agent.name}}" }), "{{agent.name}}");
  assert.equal(filled("{{constructor}} {x}", {}), "{{constructor}} {x}");
  assert.deepEqual(unknownIn("{{agent.name}} {{oops}} {{oops|x}}"), ["oops"]);
});

test("a placeholder comes where the caret stands", () => {
  assert.deepEqual(inserted("Hello !", 6, 6, "{{agent.name}}"), { text: "Hello {{agent.name}}!", caret: 20 });
});
