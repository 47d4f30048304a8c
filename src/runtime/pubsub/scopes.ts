/**
 * Which topics of a broker an app may publish to and subscribe to.
 * @see spec 03 §3
 */

/** Topics of a component that concern one app. */
export interface TopicScopes {
  /** Empty: all. */
  readonly allowed: ReadonlySet<string>;
  readonly protected: ReadonlySet<string>;
  readonly publishing: ReadonlySet<string>;
  readonly subscribing: ReadonlySet<string>;
}

/** @param property value by name in lower case, "" if absent */
export function readScopes(property: (name: string) => string, appId: string): TopicScopes {
  return {
    allowed: topics(property("allowedtopics")),
    protected: topics(property("protectedtopics")),
    publishing: topicsOf(property("publishingscopes"), appId),
    subscribing: topicsOf(property("subscriptionscopes"), appId),
  };
}

function topics(text: string): ReadonlySet<string> {
  const compact = text.replaceAll(" ", "");
  return new Set(compact === "" ? [] : compact.split(","));
}

/** `app1=t1,t2;app2=;app3=t3`: a piece for the app that names nothing is a list with the empty topic, so nothing matches. */
function topicsOf(text: string, appId: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const piece of text.replaceAll(" ", "").split(";")) {
    const equals = piece.indexOf("=");
    if (equals < 0 || piece.slice(0, equals) !== appId) continue;
    for (const topic of piece.slice(equals + 1).split(",")) found.add(topic);
  }
  return found;
}

export const mayPublish = (scopes: TopicScopes, topic: string): boolean =>
  isAllowed(scopes, scopes.publishing, topic);

export const maySubscribe = (scopes: TopicScopes, topic: string): boolean =>
  isAllowed(scopes, scopes.subscribing, topic);

function isAllowed(scopes: TopicScopes, own: ReadonlySet<string>, topic: string): boolean {
  if (scopes.allowed.size > 0 && !scopes.allowed.has(topic)) return false;
  if (own.size === 0 && !scopes.protected.has(topic)) return true;
  return own.has(topic);
}
