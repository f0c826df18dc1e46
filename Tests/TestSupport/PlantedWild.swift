extension Planted {
    /// Secrets as logs of trainings, of their tools and of their machines hold them; `§` stands where each is.
    static var wild: [(line: String, secret: String, kind: String)] {
        let upper = noise(40).uppercased()
        let plain: [(String, String, String)] = [
            ("args: Namespace(lr=3e-4, hub_token='§', wandb_entity=None)", "hf_" + noise(34), "huggingface-token"),
            ("Namespace(db_user='trainer', db_password='§', epochs=3)", "hunter22!x", "password"),
            ("Namespace(user=trainer, password=§, port=5432)", "hunter22", "password"),
            ("os.environ: environ({'PATH': '/bin', 'MY_SERVICE_TOKEN': '§', 'HOME': '/root'})", noise(24), "token"),
            (#"{"level":"info","msg":"env","env":"{\"DB_PASSWORD\":\"§\"}"}"#, "hunter22", "password"),
            (#"{"name": "PGPASSWORD", "value": "§"}"#, "hunter22", "password"),
            ("spec: {name: WANDB_API_KEY, value: '§'}", hex(40), "password"),
            (#"declare -x SLACK_BOT_TOKEN="§""#, "xox" + "b-123456789012-" + noise(24), "slack-token"),
            ("env: REDIS_URL=redis://:§@cache.internal:6379/0", "p4ss/w0rd?x#1", "url-password"),
            (
                "Looking in indexes: https://__token__:§@pypi.example.net/simple", "pypi-AgEIcHlwaS5vcmc" + noise(40),
                "pypi-token"
            ),
            (
                "Looking in indexes: https://pypi.org/simple, https://ci:§@artifacts.example.com/api/pypi/simple",
                noise(20), "url-password"
            ),
            ("origin\thttps://x-access-token:§@github.com/org/run.git (fetch)", "ghs_" + noise(36), "github-token"),
            (
                "fatal: unable to access 'https://oauth2:§@gitlab.com/org/run.git/': 403", "glpat-" + noise(20),
                "gitlab-token"
            ),
            ("remote: https://gitlab-ci-token:§@gitlab.example.com/a/b.git", "glcbt-64_" + noise(20), "gitlab-token"),
            (
                "GET https://b.s3.amazonaws.com/ckpt?X-Amz-Credential=AKIA%2F20260301%2Fus-east-1&X-Amz-Security-Token=§&X-Amz-SignedHeaders=host",
                "IQoJb3JpZ2lu" + noise(80) + "%2F" + noise(20), "aws-session-token"
            ),
            ("GET /ckpt?X-Amz-Date=20260301T1&X-Amz-Signature=§ HTTP/1.1", hex(64), "aws-secret"),
            (
                "https://b.s3.amazonaws.com/x?AWSAccessKeyId=x1&Signature=§&Expires=1772323200", noise(27) + "%3D",
                "signed-url"
            ),
            (
                "botocore.auth DEBUG Authorization: AWS4-HMAC-SHA256 Credential=x/20260301/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=§",
                hex(64), "aws-secret"
            ),
            ("botocore: x-amz-security-token:§", "IQoJb3JpZ2lu" + noise(100), "aws-session-token"),
            ("{'x-amz-security-token', '§'}", "IQoJb3JpZ2lu" + noise(100), "aws-session-token"),
            ("ReadOnlyCredentials(access_key='x', secret_key='§', token=None)", noise(20) + "/" + noise(19), "token"),
            (
                "azcopy https://run.blob.core.windows.net/c?sv=2022-11-02&ss=b&se=2026-01-01&sig=§", noise(43) + "%3D",
                "azure-sas"
            ),
            ("redirect=https%3A%2F%2Fa.blob.core.windows.net%2Fc%3Fsv%3D2022%26sig%3D§", noise(43), "azure-sas"),
            (
                "AZURE_STORAGE_CONNECTION_STRING=DefaultEndpointsProtocol=https;AccountName=run;AccountKey=§;EndpointSuffix=core.windows.net",
                noise(86) + "==", "azure-storage-key"
            ),
            (
                "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=§", noise(43) + "=",
                "azure-storage-key"
            ),
            (
                "https://storage.googleapis.com/b/o?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=900&X-Goog-SignedHeaders=host&X-Goog-Signature=§",
                hex(128), "signed-url"
            ),
            (
                "https://storage.googleapis.com/b/o?X-Goog-Credential=§&X-Goog-Date=1",
                "run-sa%40project-12.iam.gserviceaccount.com", "email"
            ),
            (
                #"{"type": "service_account", "private_key": "§", "client_id": "1"}"#,
                #"-----BEGIN PRIVATE KEY-----\nMIIE"# + noise(70) + #"\n"# + noise(64)
                    + #"\n-----END PRIVATE KEY-----\n"#, "private-key"
            ),
            ("GCP_SA_B64=§", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk" + noise(90), "private-key"),
            ("    client-key-data: §", "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo" + noise(90), "private-key"),
            ("    token: §", "eyJhbGciOiJSUzI1NiIsImtpZCI6" + noise(30) + ".eyJ" + noise(40) + "." + noise(43), "jwt"),
            (#"{"auths": {"nvcr.io": {"auth": "§"}}}"#, noise(60), "docker-auth"),
            ("'auths': {'ghcr.io': {'auth': '§'}}", noise(40), "docker-auth"),
            ("machine api.wandb.ai login user password §", hex(40), "password"),
            ("  password §", hex(40), "password"),
            ("wandb: Appending key: wandb login §", hex(40), "wandb-key"),
            (
                "CalledProcessError: Command '['wandb', 'login', '--relogin', '§']' returned non-zero", hex(40),
                "wandb-key"
            ),
            ("huggingface-cli login --token § --add-to-git-credential", "hf_" + noise(34), "huggingface-token"),
            (
                "curl -X POST https://hooks.slack.com/services/§", "T0" + noise(8) + "/B0" + noise(8) + "/" + noise(24),
                "webhook"
            ),
            ("https://discord.com/api/webhooks/1234567890123456/§", noise(60), "webhook"),
            ("https://api.telegram.org/bot§/sendMessage", "1234567890:AA" + noise(33), "service-token"),
            ("jdbc:postgresql://db:5432/runs?user=trainer&password=§&ssl=true", "hunter22", "password"),
            ("jdbc:sqlserver://db:1433;databaseName=runs;user=sa;password=§;encrypt=true", "hunter22", "password"),
            ("jdbc:oracle:thin:scott/§@//db:1521/runs", "tiger22x", "url-password"),
            ("Driver={ODBC Driver 18};Server=db;UID=sa;PWD=§;", "hunter22", "password"),
            ("mongodb+srv://trainer:§@cluster0.abcde.mongodb.net/runs?retryWrites=true", "hunter22x", "url-password"),
            ("redis://:§@redis:6379/0", "hunter22", "url-password"),
            ("sqlalchemy.exc.OperationalError: (mysql+pymysql://trainer:§@db.host:3306/x)", "hunter22", "url-password"),
            ("db.internal:5432:runs:trainer:§", "hunter22", "password"),
            ("*:*:*:trainer:§", "hunter22", "password"),
            ("> Authorization: Basic §", "dHJhaW5lcjpodW50ZXIyMg==", "authorization"),
            (
                #"header: Authorization: Digest username="trainer", realm="x", nonce="1", uri="/", response="§""#,
                hex(32), "authorization"
            ),
            (
                #"send: b'GET / HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer §\r\nAccept: */*\r\n\r\n'"#, noise(40),
                "authorization"
            ),
            ("headers=[(b'host', b'api'), (b'authorization', b'Bearer §')]", noise(40), "authorization"),
            ("http2: [authorization: Bearer §]", noise(40), "authorization"),
            ("Authorization: Token token=§", "y_" + noise(18), "authorization"),
            ("Cookie: §", "session=" + noise(30) + "; _xsrf=2|" + noise(8), "cookie"),
            ("<Cookie sessionid=§ for api.example/>", noise(32), "cookie"),
            (#""refresh_token": "§""#, "1//0" + noise(60), "google-key"),
            ("grant_type=refresh_token&refresh_token=§&client_id=x", noise(60), "token"),
            ("NGC_API_KEY=§", noise(84), "nvidia-key"),
            ("openai.AuthenticationError: Incorrect API key provided: §", "sk-proj-" + noise(48), "openai-key"),
            ("OPENROUTER_API_KEY=§", "sk-or-v1-" + hex(64), "openai-key"),
            ("deepseek client with §", "sk-" + hex(32), "openai-key"),
            ("anthropic §", "sk-ant-api03-" + noise(93) + "AA", "anthropic-key"),
            ("DATABRICKS_TOKEN=§", "dapi" + hex(32) + "-2", "service-token"),
            ("VAULT_TOKEN=§", "hvs." + noise(90), "service-token"),
            ("Error: TFE token § is invalid", noise(14) + ".atlasv1." + noise(67), "service-token"),
            ("SENTRY_DSN=https://§@o1.ingest.sentry.io/2", hex(32), "url-password"),
            ("sentry-cli --auth-token §", "sntrys_eyJpYXQiOjE3" + noise(60) + "_" + noise(43), "service-token"),
            ("DD_API_KEY=§", hex(32), "token"),
            ("DD-APPLICATION-KEY: §", hex(40), "token"),
            ("grafana: §", "glsa_" + noise(32) + "_" + hex(8), "service-token"),
            ("grafana old key §", "eyJrIjoi" + noise(80), "service-token"),
            ("pagerduty routing_key=§", hex(32), "token"),
            ("newman --postman-api-key §", "PMAK-" + hex(24) + "-" + hex(34), "service-token"),
            ("identity §", "AGE-SECRET-KEY-1" + upper + String(upper.prefix(18)), "private-key"),
            ("http://127.0.0.1:8888/lab?token=§", hex(48), "token"),
            ("ray start --address=10.0.0.1:6379 --redis-password=§", hex(16), "password"),
            ("mysql -p§ runs", "hunter6x5", "password"),
            ("mysql -u root -p § runs", "hunter3pw", "password"),
            ("+ mysqldump --single-transaction -uroot -p§ runs > dump.sql", "hunter3pw", "password"),
            ("sshpass -p§ ssh node7", "hunter3pw", "password"),
            ("['mysql', '-u', 'root', '-p§']", "hunter3pw", "password"),
            ("curl -s -u trainer:§ https://api.example", "hunter3pw", "password"),
            ("curl -sSLutrainer:§ https://api.example", "hunter3pw", "password"),
            ("['curl', '-u', 'trainer:§', 'https://x']", "hunter3pw", "password"),
            ("mongosh mongodb://db -u trainer -p § --eval 1", "hunter3pw", "password"),
            ("docker login nvcr.io -u $oauthtoken -p §", noise(60), "password"),
            ("echo § | docker login --username x --password-stdin", "hunter3pw", "password"),
            ("ipmitool -I lanplus -H bmc-gpu7 -U ADMIN -P § power status", "hunter3pw", "password"),
            (
                "kubeadm join 10.0.0.1:6443 --token § --discovery-token-ca-cert-hash sha256:x",
                "abc" + "def." + hex(16), "token"
            ),
            ("NEPTUNE_API_TOKEN=§", "eyJhcGlfYWRkcmVzcyI6" + noise(80) + "==", "neptune-token"),
            ("CLEARML_API_SECRET_KEY=§", noise(50), "token"),
            ("COMET_API_KEY=§", noise(25), "comet-key"),
            (#"kaggle.json {"username":"trainer","key":"§"}"#, hex(32), "token"),
            ("LANGCHAIN_API_KEY=§", "lsv2_pt_" + hex(32) + "_" + hex(10), "service-token"),
            ("runpodctl config --apiKey §", "rpa_" + noise(40), "service-token"),
            ("pinecone §", "pcsk_" + noise(6) + "_" + noise(63), "service-token"),
            ("ALIBABA_CLOUD_ACCESS_KEY_ID=§", "LTAI5t" + noise(18), "cloud-key"),
            ("PrivateKey = §", noise(43) + "=", "private-key"),
            ("root:§:19000:0:99999:7:::", "$6$" + noise(16) + "$" + noise(86), "password-hash"),
            ("c.NotebookApp.password = u'sha1:§'", hex(12) + ":" + hex(40), "password-hash"),
            ("SMTP_PASS=§", "hunter22", "password"),
            ("SECRET_KEY = '§'", "django-insecure-#8x$k&" + noise(20), "token"),
            ("ALTER USER trainer WITH PASSWORD '§'", "hunter22", "password"),
            ("mail from § bounced", "first.last@example.org", "email"),
            ("X-Vault-Token: §", "hvs." + noise(24), "service-token"),
            ("Private-Token: §", "glpat-" + noise(20), "gitlab-token"),
            ("OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=§", noise(22), "authorization"),
            ("export FOO_SECRET='§'", noise(24), "token"),
            (#"password: "§""#, "correct horse 7 battery", "password"),
            ("fernet_key = §", noise(43) + "=", "token"),
            ("https://open.feishu.cn/open-apis/bot/v2/hook/§", "01234567-89ab-cdef-0123-456789abcdef", "webhook"),
            ("Set-Cookie: §", "_gitlab_session=" + hex(32) + "; path=/; HttpOnly", "cookie"),
            ("ssh-add: §", #"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz"# + noise(60), "private-key"),
        ]
        return plain.map { ($0.replacing("§", with: $1, maxReplacements: 1), $1, $2) }
    }
}
