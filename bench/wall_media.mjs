// Put into a page before its own scripts: a firewall that lets nothing of the media server through, and direct links only.
window.benchWall = (given) =>
  given?.continualGatheringPolicy ? { ...given, iceServers: [], iceTransportPolicy: "relay" } : given;
