/// Values that look like secrets and are none.
public enum Planted {
    /// As many characters of letters of both cases and figures.
    public static func noise(_ count: Int) -> String {
        String((0..<count).map { Array("aZ3kQ9xB7mT1vR5nD0wL8cY2")[($0 * 7 + $0 / 5) % 24] })
    }
    public static func hex(_ count: Int) -> String {
        String((0..<count).map { Array("3f9a0c7e15b2d864")[($0 * 5 + $0 / 3) % 16] })
    }

    /// A line, the secret in it, and the kind that it is to be taken for.
    public static var all: [(line: String, secret: String, kind: String)] {
        let (word, long, hash) = (noise(20), noise(40), hex(40))
        let jwt = "eyJhbGciOiJSUzI1NiIs" + noise(30) + ".eyJ" + noise(40) + "." + noise(43)
        let plain: [(String, String, String)] = [
            ("AWS_ACCESS_KEY_ID=%", "AKIA" + "Q3EGRIVJMWZL5OTN", "aws-key-id"),
            ("using key % of the role", "ASIA" + "Q3EGRIVJMWZL5OTN", "aws-key-id"),
            ("aws_secret_access_key = %", noise(20) + "/" + noise(19), "aws-secret"),
            ("{'SecretAccessKey': '%', 'Expiration': 1}", long, "aws-secret"),
            ("export AWS_SESSION_TOKEN=\"%\"", "IQoJb3" + noise(200), "aws-session-token"),
            ("GET /b?X-Amz-Expires=60&X-Amz-Signature=%&x=1", hex(64), "aws-secret"),
            ("\"private_key_id\": \"%\",", hash, "gcp-key-id"),
            ("https://maps.example/api?key=%", "AIza" + noise(35), "google-key"),
            ("token refreshed: %", "ya29." + noise(60), "google-key"),
            ("AccountName=run;AccountKey=%;EndpointSuffix=x", noise(86) + "==", "azure-storage-key"),
            ("https://x.blob.core.windows.net/c?sv=2022&sig=%&se=2026", noise(43) + "%3D", "azure-sas"),
            ("AZURE_CLIENT_SECRET=%", noise(3) + "8Q~" + noise(34), "azure-client-secret"),
            ("remote: https://github.com uses %", "ghp_" + noise(36), "github-token"),
            ("remote: %", "gho_" + noise(36), "github-token"),
            ("remote: %", "github_pat_" + noise(22) + "_" + noise(59), "github-token"),
            ("clone with %", "glpat-" + word, "gitlab-token"),
            ("slack said no to %", "xox" + "b-123456789012-123456789012-" + noise(24), "slack-token"),
            (
                "POST https://hooks.slack.com/services/%", "T0" + noise(8) + "/B0" + noise(8) + "/" + noise(24),
                "webhook"
            ),
            ("401 for %: repo is gated", "hf_" + noise(34), "huggingface-token"),
            ("WANDB_API_KEY=%", hash, "wandb-key"),
            ("+ wandb login --relogin %", hash, "wandb-key"),
            ("NEPTUNE_API_TOKEN=%", "eyJhcGlfYWRkcmVzcyI6" + noise(80) + "==", "neptune-token"),
            ("COMET_API_KEY: %", noise(25), "comet-key"),
            ("MLFLOW_TRACKING_TOKEN=%", noise(30), "mlflow-token"),
            ("openai: Incorrect API key provided: %.", "sk-proj-" + noise(100), "openai-key"),
            ("ANTHROPIC: %", "sk-ant-api03-" + noise(93) + "AA", "anthropic-key"),
            ("pulling with %", "nvapi-" + noise(64), "nvidia-key"),
            ("mounted token %", jwt, "jwt"),
            ("//registry.npmjs.org/ %", "npm_" + noise(36), "npm-token"),
            ("twine: %", "pypi-AgEIcHlwaS5vcmc" + noise(60), "pypi-token"),
            (#"{"auths":{"nvcr.io":{"auth":"%"}}}"#, noise(60), "docker-auth"),
            ("charge with %", "sk" + "_live_" + noise(24), "stripe-key"),
            ("TWILIO %", "SK" + hex(32), "twilio-key"),
            ("mail by %", "SG." + noise(22) + "." + noise(43), "sendgrid-key"),
            ("databricks: %", "dapi" + hex(32), "service-token"),
            ("postgresql://trainer:%@db.internal:5432/runs", "hunter22", "url-password"),
            ("git clone https://%@git.example/x.git", "oauth2:" + word, "url-password"),
            ("SENTRY_DSN=https://%@o1.ingest.sentry.io/2", hex(32), "url-password"),
            ("> Authorization: Bearer %", noise(30), "authorization"),
            ("{'Authorization': 'Basic %'}", "dHJhaW5lcjpodW50ZXIyMg==", "authorization"),
            ("Cookie: %", "session=" + word, "cookie"),
            ("DB_PASSWORD=%", "hunter22", "password"),
            ("password: '%'", "correct horse", "password"),
            ("{\"user\": \"a\", \"password\": \"%\"}", "hunter22", "password"),
            ("+ mysql -h db --password % runs", "hunter22", "password"),
            ("store(client_secret=\"%\")", noise(24), "token"),
            ("+ python push.py --hub-token % --x 1", noise(24), "token"),
            ("notify first.last: %", "first.last+runs@example.org", "email"),
            ("trainer:%:19000", "$6$rounds=5000$" + noise(12) + "$" + noise(60), "password-hash"),
            ("    %", "-----BEGIN OPENSSH PRIVATE KEY-----", "private-key"),
            (
                #""private_key": "%\n","#,
                #"-----BEGIN PRIVATE KEY-----\nMIIE"# + noise(70) + #"\n-----END PRIVATE KEY-----"#, "private-key"
            ),
            ("client-key-data: %", noise(100), "private-key"),
        ]
        return plain.map { ($0.replacing("%", with: $1, maxReplacements: 1), $1, $2) } + wild
    }
}
