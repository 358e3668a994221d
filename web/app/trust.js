/** What speaks against believing a sender. Each doubt is the key of the words that tell it. */

const ADDRESS = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/;

/**
 * @param {any} message as an opened ticket has it
 * @param {string[]} known addresses of those who took part before
 * @returns {string[]}
 */
export function doubts(message, known) {
  if (message.direction === "out") return [];
  const from = message.sender?.address?.toLowerCase() ?? "";
  const elsewhere = message.reply_to[0]?.address?.toLowerCase();
  return [
    !message.sender_trusted && "trust-unclear",
    message.authentication.dmarc === "fail" && "trust-dmarc",
    message.new_participant && "trust-new",
    elsewhere && elsewhere !== from && "trust-reply-to",
    namesAnother(message.sender?.name ?? "", from) && "trust-name",
    /@(?:.*\.)?xn--/.test(from) && "trust-letters",
    looksLike(from, known) && "trust-alike",
  ].filter((doubt) => typeof doubt === "string");
}

/** Who a sender is shown to be: their name, unless it shows another address. @param {{ name: string, address: string } | null | undefined} sender */
export const shownSender = (sender) => (sender && !namesAnother(sender.name, sender.address.toLowerCase()) && sender.name) || sender?.address || "";

/** Whether a name shows an address that is not the sender's. @param {string} name @param {string} from */
function namesAnother(name, from) {
  const shown = ADDRESS.exec(name)?.[0].toLowerCase();
  return shown !== undefined && shown !== from;
}

/** Whether an address differs from a known one by a single letter, or by letters that look the same. @param {string} from @param {string[]} known */
export function looksLike(from, known) {
  const others = known.map((address) => address.toLowerCase());
  return from !== "" && !others.includes(from) && others.some((other) => skeleton(other) === skeleton(from) || isOneOff(domain(other), domain(from)));
}

const domain = (/** @type {string} */ address) => address.slice(address.lastIndexOf("@") + 1);

/** @param {string} text */
const skeleton = (text) => text.replaceAll("rn", "m").replaceAll("vv", "w").replace(/[1i|]/g, "l").replaceAll("0", "o").replaceAll("5", "s");

/** One letter more, less or other, or two that changed places. @param {string} a @param {string} b */
function isOneOff(a, b) {
  if (a === b || Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 5) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) [endA, endB] = [endA - 1, endB - 1];
  const [left, right] = [a.slice(start, endA), b.slice(start, endB)];
  return (left.length <= 1 && right.length <= 1) || (left.length === 2 && left === [...right].reverse().join(""));
}
