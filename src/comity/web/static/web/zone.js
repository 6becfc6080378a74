// Tells the desk in which zone this machine reads times. Only the desk gets this cookie, never a public page.
(() => {
  "use strict";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || !/^[\w+\-/]+$/.test(zone) || document.cookie.split("; ").includes("tz=" + zone)) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  for (const path of ["/console/", "/people/"]) {
    document.cookie = "tz=" + zone + "; Path=" + path + "; Max-Age=31536000; SameSite=Lax" + secure;
  }
})();
