// Put into a page before its own scripts: counts what arrives by every connection the page makes.
(() => {
  const all = [];
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(given) {
      super(window.benchWall ? window.benchWall(given) : given);
      all.push(this);
    }
    setConfiguration(given) {
      super.setConfiguration(window.benchWall ? window.benchWall(given) : given);
    }
  };
  window.benchFlow = async () => {
    const sum = { sound: 0, pictures: 0, received: 0, sent: 0, open: 0 };
    for (const link of all) {
      if (link.connectionState === "closed") continue;
      if (link.connectionState === "connected") sum.open += 1;
      for (const one of (await link.getStats()).values()) {
        if (one.type === "transport") {
          sum.received += one.bytesReceived ?? 0;
          sum.sent += one.bytesSent ?? 0;
        } else if (one.type === "inbound-rtp" && one.kind === "audio") sum.sound += one.packetsReceived;
        else if (one.type === "inbound-rtp") sum.pictures += one.framesDecoded ?? 0;
      }
    }
    return sum;
  };
})();
