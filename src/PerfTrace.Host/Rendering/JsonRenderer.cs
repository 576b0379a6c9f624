using System.Buffers;
using System.Management.Automation;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PerfTrace.Host.Running;

namespace PerfTrace.Host.Rendering;

/// <summary>JSON: an object a line as they come, or one array of them all (that too is written as they come).</summary>
/// <param name="output">Where it goes.</param>
/// <param name="asArray">One array of them all.</param>
/// <param name="keepsText">What is text and no object is a line as it is: cmdlets that give lines of text, such as folded stacks, give them to programs that read those.</param>
internal sealed class JsonRenderer(TextWriter output, bool asArray, bool keepsText = false) : IObjectSink
{
    // Event and symbol names are full of < and +; this is not for a web page.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private Utf8JsonWriter? _writer;
    private bool _any;

    public void Write(object? value)
    {
        if (keepsText && (value is PSObject wrapped ? wrapped.BaseObject : value) is string text)
        {
            output.Write(text + "\n");
            return;
        }
        _buffer.ResetWrittenCount();
        _writer ??= new Utf8JsonWriter(_buffer, s_options);
        _writer.Reset();
        JsonValueWriter.Write(_writer, value);
        _writer.Flush();
        string json = Encoding.UTF8.GetString(_buffer.WrittenSpan);
        if (asArray)
            output.Write((_any ? ",\n" : "[\n") + json);
        else
            output.Write(json + "\n");
        _any = true;
    }

    public void Complete()
    {
        if (asArray)
            output.Write(_any ? "\n]\n" : "[]\n");
        output.Flush();
    }
}
