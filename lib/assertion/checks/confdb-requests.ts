type Edge = { text: string; to: RequestText };

/**
 * The requests of a view as one tree of texts, for two are the same when their whole texts are, however the rules around them divide those.
 * A rule's request begins where that of the rule around it ends: nothing is put together or read twice.
 */
export class RequestText {
  private readonly edges = new Map<number, Edge>();
  /** A rule that reads has this request. */
  read = false;
  /** The types at the storage paths of its rules, as bits: each set that was seen. */
  readonly types = new Set<number>();

  /** The request that goes on with `text`. */
  extend(text: string): RequestText {
    let { request, rest } = this.enter(text);
    while (rest !== '') ({ request, rest } = request.enter(rest));
    return request;
  }

  /** One edge along `text`, which is not empty. */
  private enter(text: string): { request: RequestText; rest: string } {
    const edge = this.edges.get(text.charCodeAt(0));
    if (!edge) return { request: this.join(text, new RequestText()), rest: '' };
    let shared = 1;
    while (shared < edge.text.length && edge.text.charCodeAt(shared) === text.charCodeAt(shared)) shared += 1;
    return { request: shared === edge.text.length ? edge.to : this.divide(edge, shared), rest: text.slice(shared) };
  }

  private join(text: string, to: RequestText): RequestText {
    this.edges.set(text.charCodeAt(0), { text, to });
    return to;
  }

  private divide({ text, to }: Edge, at: number): RequestText {
    const between = this.join(text.slice(0, at), new RequestText());
    between.join(text.slice(at), to);
    return between;
  }
}
