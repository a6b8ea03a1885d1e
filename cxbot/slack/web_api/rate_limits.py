"""What Slack allows."""

# Calls per minute that Slack grants a workspace: tier 3 is 50+, tier 4 is 100+, posting a few hundred.
PER_MINUTE = {
    "chat.postMessage": 300,
    "chat.update": 50,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "files.completeUploadExternal": 50,
    "functions.completeSuccess": 50,
    "functions.completeError": 50,
}
